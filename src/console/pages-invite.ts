/** The pages by which people are invited by hand: one, or a pasted list. What may be given to whom is said by the commands of the members room. */
import { isMembershipId } from '../base/ids.ts'
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { findListedInvitation } from '../members/invitation-queries.ts'
import { inviteMember } from '../members/invite-member.ts'
import { inviteMany, mostInvitedAtOnce, splitAddresses } from '../members/invite-many.ts'
import { beginningOf, endOf, readDay } from '../provisioning/calendar-day.ts'
import { inviteFields, pasteFields } from '../../views/contract/console-invitations.ts'
import type { PlaceValues } from '../../views/invitation-props.ts'
import { InvitePage, PastePage, PasteResultPage, type InviteProps, type PersonValues } from '../../views/pages/console/invite.tsx'
import type { ConsoleDeps } from './deps.ts'
import { noPlace, placeIn, placeOptions, unitsOf } from './placing.ts'
import { consolePage, nothingHere, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'invitations'
const permission = 'member:invite'

export function invitePages(deps: ConsoleDeps): readonly PageDoor[] {
  return [
    ...consolePage(deps, { path: '/invitations/new', place, permission }, { show: (visit) => showNext(deps, visit), take: (visit) => invite(deps, visit) }),
    ...consolePage(deps, { path: '/invitations/paste', place, permission }, { show: (visit) => showPaste(deps, visit, { addresses: '', place: noPlace(visit.page.frame.locale) }), take: (visit) => inviteAll(deps, visit) }),
  ]
}

const nobody: PersonValues = { email: '', employeeNumber: '', familyName: '', givenName: '', familyNameKana: '', givenNameKana: '', title: '', validFrom: '', validUntil: '' }

/** After one was invited, the next one is asked for: most probably into the same place. */
async function showNext(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const before = visit.request.query.get('invited') ?? ''
  const found = isMembershipId(before) ? await deps.databases.inTenant(visit.tenantId, (trx) => findListedInvitation(trx, before)) : undefined
  const usual = noPlace(visit.page.frame.locale)
  if (found === undefined) return showNew(deps, visit, { person: nobody, place: usual })
  const { email, display_name: name, role, unit_codes: [unit = '', ...furtherUnits] } = found
  const invited = { name: email ?? name, linkUrl: email === null ? visit.pathTo(place, `/${before}/link`) : null }
  return showNew(deps, visit, { person: nobody, place: { ...usual, role, unit, furtherUnits }, invited })
}

type Shown = Pick<InviteProps, 'person' | 'place' | 'invited' | 'error'>

async function showNew(deps: ConsoleDeps, visit: ConsoleVisit, shown: Shown): Promise<PageResult> {
  const options = await deps.databases.inTenant(visit.tenantId, (trx) => placeOptions(trx, visit))
  return html(InvitePage({ ...visit.page, options, ...shown }), { status: statusOf(shown.error) })
}

function personIn({ request: { form } }: ConsoleVisit): PersonValues {
  const said = ({ name }: { readonly name: string }) => form.get(name) ?? ''
  return {
    email: said(inviteFields.email), employeeNumber: said(inviteFields.employeeNumber), familyName: said(inviteFields.familyName), givenName: said(inviteFields.givenName),
    familyNameKana: said(inviteFields.familyNameKana), givenNameKana: said(inviteFields.givenNameKana), title: said(inviteFields.title),
    validFrom: said(inviteFields.validFrom), validUntil: said(inviteFields.validUntil),
  }
}

const orNull = (text: string) => (text.trim() === '' ? null : text.trim())

async function invite(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  const [person, where] = [personIn(visit), placeIn(form)]
  const [from, until] = [readDay(person.validFrom), readDay(person.validUntil)]
  const result = await inviteMember(deps, {
    tenantId, mover, origin, ...placedAs(where), employeeNumber: orNull(person.employeeNumber), title: orNull(person.title.slice(0, 100)),
    validFrom: from === null ? null : beginningOf(from), validUntil: until === null ? null : endOf(until),
    person: {
      email: orNull(person.email), familyName: orNull(person.familyName), givenName: orNull(person.givenName), familyNameKana: orNull(person.familyNameKana),
      givenNameKana: orNull(person.givenNameKana), locale: where.locale,
    },
  })
  if (result.ok) return redirect(`${visit.pathTo(place, '/new')}?invited=${result.membershipId}`)
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showNew(deps, visit, { person, place: where, error: result.reason })
}

function placedAs(where: PlaceValues) {
  return { role: where.role, units: unitsOf(where), clientId: orNull(where.app), reinvite: where.reinvite }
}

async function showPaste(deps: ConsoleDeps, visit: ConsoleVisit, shown: { readonly addresses: string; readonly place: PlaceValues; readonly error?: string }): Promise<PageResult> {
  const options = await deps.databases.inTenant(visit.tenantId, (trx) => placeOptions(trx, visit))
  return html(PastePage({ ...visit.page, options, ...shown }), { status: statusOf(shown.error) })
}

async function inviteAll(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  const [text, where] = [form.get(pasteFields.addresses.name) ?? '', placeIn(form)]
  const addresses = splitAddresses(text)
  const error = addresses.length === 0 ? 'no_addresses' : addresses.length > mostInvitedAtOnce ? 'too_many' : undefined
  if (error !== undefined) return showPaste(deps, visit, { addresses: text, place: where, error })
  const outcomes = await inviteMany(deps, addresses, { tenantId, mover, origin, ...placedAs(where), locale: where.locale })
  return html(PasteResultPage({ ...visit.page, outcomes: outcomes.map(({ email, result }) => ({ email, reason: result.ok ? null : result.reason })) }))
}
