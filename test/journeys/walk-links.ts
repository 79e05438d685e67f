/** Walks one person past the pages of making an account and of getting back into one, and past what the links of our mails lead to. */
import { issueActivation } from '../../src/accounts/issue-activation.ts'
import { parseTenantId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { invitationPath, invitationToken } from '../../src/members/invitation.ts'
import { inviteMember } from '../../src/members/invite-member.ts'
import { codeIn, followLink, openMail, wrongCode } from './mailbox.ts'
import { newcomer } from './newcomer.ts'
import type { Place } from './place.ts'
import { press, sendPassword } from './steps.ts'

const newPassword = '夜明けの灯台と柚子の飴とかもめ'

export async function walkLinks(place: Place): Promise<void> {
  await registration(place)
  await recovery(place)
  await activation(place)
  await lock(place)
  await invitation(place)
}

async function invitation({ demo, language, visitor: { page }, look }: Place): Promise<void> {
  const { id } = await demo.databases.engine.selectFrom('tenant').select('id').where('subdomain', '=', 'sakura').executeTakeFirstOrThrow()
  const person = { email: `invited-in-${language}@example.com`, familyName: '試験', givenName: '者', locale: language } as const
  const invited = await inviteMember(demo, { tenantId: parseTenantId(id), person, role: 'STAFF', mover: { kind: 'operator', accountId: null }, origin: noOrigin })
  if (!invited.ok) throw new Error(invited.reason)
  const url = `${demo.issuer}${invitationPath(invitationToken(demo.masterKey, invited.membershipId, 1))}`
  await page.goto(url)
  await look('invitation', page)
  await page.goto(`${url}x`)
  await look('invitation-unknown', page)
}

async function registration({ demo, shift, language, visitor: { page, context }, look }: Place): Promise<void> {
  const email = `registers-in-${language}@example.com`
  await shift.showLogo(context)
  await page.goto(shift.party.start('openid email').url.href)
  await press(page, 'register')
  await look('register', page)
  await page.locator('#email').fill('nobody@localhost')
  await press(page, 'send_code')
  await look('register-wrong', page)
  await page.locator('#email').fill(email)
  await press(page, 'send_code')
  await look('register-code', page)
  await press(page, 'resend')
  await look('register-code-resent', page)
  const mail = await openMail(context, demo, { to: email, subject: /確認|Confirm/, count: 2 })
  await look('mail', mail)
  const code = await codeIn(mail)
  await page.locator('#code').fill(wrongCode(code))
  await press(page, 'verify_code')
  await look('register-code-wrong', page)
  await page.locator('#code').fill(code)
  await press(page, 'verify_code')
  await look('register-details', page)
  await page.locator('#family_name').fill(' ')
  await page.locator('#given_name').fill(' ')
  await page.locator('#password').fill(newPassword)
  await press(page, 'register')
  await look('register-details-wrong', page)

  await followLink(mail, '/register/')
  const link = mail.url()
  await look('register-by-link', mail)
  for (const [id, text] of [['family_name', '朝比奈'], ['given_name', '花'], ['password', newPassword]] as const) await mail.locator(`#${id}`).fill(text)
  await press(mail, 'register')
  await look('register-done', mail)
  await mail.goto(link)
  await look('dead-link-register', mail)
  await mail.close()
}

async function recovery({ demo, language, visitor: { page, context }, look }: Place): Promise<void> {
  const { email } = await newcomer(demo, { locale: language })
  await page.goto(`${demo.karte}/login`)
  await press(page, 'recover')
  await look('recover', page)
  await page.locator('#identifier').fill(email)
  await press(page, 'send_link')
  await look('recover-sent', page)
  const mail = await openMail(context, demo, { to: email, subject: /再設定|password/ })
  await followLink(mail, '/reset/')
  const link = mail.url()
  await look('reset', mail)
  await mail.locator('#password').fill('short')
  await press(mail, 'set_password')
  await look('reset-short', mail)
  await mail.locator('#password').fill(newPassword)
  await press(mail, 'set_password')
  await look('reset-done', mail)
  await mail.goto(link)
  await look('dead-link-reset', mail)
  await mail.close()
}

async function activation({ demo, language, visitor: { page }, look }: Place): Promise<void> {
  const { accountId } = await newcomer(demo, { locale: language })
  const issued = await issueActivation(demo, { accountId, actor: null, origin: noOrigin })
  if (!issued.ok) throw new Error(issued.reason)
  await page.goto(`${demo.issuer}${issued.path}`)
  await look('activate', page)
}

async function lock({ demo, language, visitor: { page, context }, look }: Place): Promise<void> {
  const { email } = await newcomer(demo, { locale: language })
  await page.goto(`${demo.karte}/login`)
  for (let failure = 0; failure < 10; failure += 1) await sendPassword(page, email, 'not the password')
  await sendPassword(page, email)
  await look('sign-in-locked', page)
  const mail = await openMail(context, demo, { to: email, subject: /停止|paused/ })
  await followLink(mail, '/unlock/')
  await look('unlock', mail)
  await press(mail, 'confirm')
  await look('unlock-done', mail)
  await mail.goto(`${demo.issuer}/dev/mail`)
  await look('mails', mail)
  await mail.close()
}
