/** Both products and their foreign issuer on free ports, for one test file. */
import { createKarte } from '../../examples/karte/karte.ts'
import { createKoe } from '../../examples/koe/koe.ts'
import { listen, prepareIssuer, type ForeignIssuer } from './foreign-issuer.ts'
import { Visitor } from './visitor.ts'

export interface Products {
  readonly issuer: ForeignIssuer
  readonly karte: string
  readonly koe: string
  /** A browser in which the given person of the cast is signed in to a product. */
  signedIn(person: string, product: string, language?: string): Promise<Visitor>
  close(): Promise<void>
}

/** Starts both products before their issuer answers; `issuer.start()` is the caller's. */
export async function startProducts(): Promise<Products> {
  const [karte, koe] = [await listen(), await listen()]
  const issuer = await prepareIssuer([{ id: 'karte', url: karte.url }, { id: 'koe', url: koe.url }])
  const apps = [
    createKarte({ issuer: issuer.url, baseUrl: karte.url, clientId: 'karte', clientSecret: 'secret-of-karte' }),
    createKoe({ issuer: issuer.url, baseUrl: koe.url, clientId: 'koe', clientSecret: 'secret-of-koe' }),
  ] as const
  karte.serve(apps[0].handler)
  koe.serve(apps[1].handler)
  return {
    issuer,
    karte: karte.url,
    koe: koe.url,
    signedIn: async (person, product, language = 'en') => {
      const visitor = new Visitor(language)
      issuer.nextPerson = person
      const page = await visitor.open(`${product}/login`)
      if (page.status !== 200 || page.url.origin !== product) throw new Error(`sign-in ended at ${page.url.href}: ${page.text}`)
      return visitor
    },
    close: async () => {
      for (const app of apps) app.close()
      await Promise.all([karte.close(), koe.close(), issuer.close()])
    },
  }
}
