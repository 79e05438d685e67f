/** The front page, and in the demo the way into the products and the mailbox. They show; they change nothing. */
import type { Config } from '../base/config.ts'
import type { DemoMailbox } from '../base/demo-mailbox.ts'
import { html, page, refusePage, type PageDoor } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { DevMailListPage, DevMailPage } from '../../views/pages/dev-mail.tsx'
import { HomePage, type DemoProps } from '../../views/pages/home.tsx'
import { demoPassword, demoPeople, demoTenants, type DemoPerson } from './demo.ts'

const mailPath = '/dev/mail'

export function operationsPages(deps: { config: Config; mailbox: DemoMailbox | null }): readonly PageDoor[] {
  const { config, mailbox } = deps
  return [
    page({
      method: 'GET', path: '/', access: 'public',
      handle: (request) => html(HomePage({
        frame: request.frame(), issuer: config.issuer,
        ...(mailbox === null ? {} : { demo: demoProps(config, request.locale) }),
      })),
    }),
    page({
      method: 'GET', path: mailPath, access: 'demo',
      handle: (request) => html(DevMailListPage({
        frame: request.frame(), listUrl: mailPath,
        mails: (mailbox?.list() ?? []).map((mail) => ({ id: mail.id, to: mail.to, subject: mail.subject, at: mail.at })),
      })),
    }),
    page({
      method: 'GET', path: `${mailPath}/:id`, access: 'demo',
      handle: (request) => {
        const mail = mailbox?.find(request.params['id'] ?? '')
        return mail === undefined ? refusePage(generic('not_found')) : html(DevMailPage({ frame: request.frame(), listUrl: mailPath, mail }))
      },
    }),
  ]
}

const demoWords = {
  ja: { karte: '診療記録', koe: '職員の声', console: '組織の管理コンソール（misaki）', operators: '運営者', admin: '運営者のコンソール（operator、二要素認証が必要）' },
  en: { karte: 'Clinic records', koe: 'Staff voice', console: 'Console of a tenant (misaki)', operators: 'Operators', admin: 'Console of the platform (operator, with a second factor)' },
} as const

function demoProps(config: Config, locale: 'ja' | 'en'): DemoProps {
  const host = new URL(config.issuer).hostname
  const at = (port: number) => `http://${host}:${port}/`
  const words = demoWords[locale]
  return {
    apps: [
      { name: 'Karte', url: at(config.port + 1), description: words.karte }, { name: 'Koe', url: at(config.port + 2), description: words.koe },
      { name: demoTenants.sakura.name, url: `${config.issuer}/t/sakura`, description: words.console }, { name: words.operators, url: `${config.issuer}/admin`, description: words.admin },
    ],
    accounts: demoPeople.map((person) => ({ email: person.email, name: `${person.familyName} ${person.givenName}`, note: noteOf(person) })),
    password: demoPassword,
    mailUrl: mailPath,
  }
}

function noteOf(person: DemoPerson): string {
  const places = person.memberships.map(({ tenant, role }) => `${demoTenants[tenant].name} ${role}`)
  return places.length === 0 ? 'operator' : places.join(' · ')
}
