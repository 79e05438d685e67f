/**
 * Walks one person past the pages that everybody meets, in the order in which a person could meet them: the front page, the way
 * into the products and out again, and what is shown when something is wrong.
 */
import type { Place } from './place.ts'
import { press, sendPassword } from './steps.ts'

export async function walkInAndOut(place: Place): Promise<void> {
  const { demo, shift, visitor: { page, context }, look } = place
  await shift.showLogo(context)
  const show = async (name: string, path: string) => {
    await page.goto(path)
    await look(name, page)
  }
  await show('home', demo.issuer)
  await show('not-found', `${demo.issuer}/nowhere`)
  await show('error', `${demo.issuer}/oauth2/authorize?client_id=nobody`)
  await show('dead-unknown', `${demo.issuer}/interaction/nobody`)
  await signInPages(place)
  await show('no-tenant', `${demo.karte}/login?tenant=nowhere`)
  await show('sign-in-again', `${demo.karte}/login?prompt=login`)
  await press(page, 'switch_account')
  await look('sign-in-switched', page)
  await page.goto(shift.party.start('openid profile email tenant offline_access', { tenant: 'sakura', prompt: 'consent' }).url.href)
  await look('consent', page)
  await endings(place)
}

async function signInPages({ demo, visitor: { page, context }, look }: Place): Promise<void> {
  await page.goto(demo.karte)
  await look('karte-welcome', page)
  await press(page, 'sign_in')
  await look('sign-in', page)
  await sendPassword(page, 'hanako@example.com', 'not the password')
  await look('sign-in-wrong', page)
  await sendPassword(page, 'hanako@example.com')
  await look('select-tenant', page)
  const interaction = page.url()
  await press(page, 'tenant-sakura')
  await look('karte', page)
  await page.goto(interaction)
  await look('dead-finished', page)
  const koe = await context.newPage()
  await koe.goto(`${demo.koe}/login?tenant=sakura`)
  await koe.locator('#person_name').waitFor()
  await look('koe', koe)
  await koe.close()
}

async function endings({ demo, shift, visitor: { page }, look }: Place): Promise<void> {
  await page.goto(demo.karte)
  await press(page, 'sign_out')
  await look('sign-out', page)
  await press(page, 'sign_out_here')
  await look('karte-signed-out', page)
  await page.goto(`${demo.issuer}/oauth2/logout?client_id=${shift.party.options.clientId}`)
  await press(page, 'sign_out_here')
  await look('signed-out-here', page)
  await page.goto(`${demo.issuer}/oauth2/logout`)
  await look('sign-out-alone', page)
  await press(page, 'sign_out_everywhere')
  await look('signed-out', page)
}
