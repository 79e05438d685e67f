/**
 * Every page of Karte, in Japanese and English: claims in, HTML out.
 * Invariant: `html` escapes every value, so a name from the issuer can never become markup.
 */
import { signingDemand } from './api/step-up.ts'
import { problemTexts, type Problem } from './oidc/problems.ts'
import type { Claims } from './oidc/sessions.ts'
import type { Prescription } from './prescriptions.ts'
import { texts, type Language } from './texts.ts'
import { knownRoles, permissionsOf, recordsSeenBy, type Permission } from './permissions.ts'

class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
type Value = string | Markup | readonly Markup[]

function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...values.map(markupOf)))
}

function markupOf(value: Value): string {
  if (value instanceof Markup) return value.text
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return value.map(markupOf).join('')
}

const nothing = html``

export function welcome(language: Language, justSignedOut: boolean): string {
  const t = texts[language]
  return page(language, t.title, html`
    ${justSignedOut ? html`<p class="note" role="status" id="signed_out">${t.signedOut}</p>` : nothing}
    <section class="hero">
      <h1>${t.heroTitle}</h1>
      <p class="lead">${t.heroText}</p>
      <p><a class="button" id="sign_in" href="/login">${t.signIn}</a></p>
      <p class="muted">${t.heroNote}</p>
    </section>`)
}

export function home(language: Language, claims: Claims): string {
  const t = texts[language]
  return page(language, claims.name ?? t.title, { signedIn: html`
    <article class="chart">
      <header>
        <p class="tab" id="tenant_name">${claims.tenant_name ?? t.noTenant}</p>
        <h1 id="person_name">${claims.name ?? claims.email ?? claims.sub}</h1>
        <p class="muted">${t.actingAs} <b id="role">${claims.role ?? t.noRole}</b></p>
      </header>
      <dl class="facts">
        ${fact(t.email, 'email', claims.email)}
        ${fact(t.groups, 'groups', claims.groups.join(' › '))}
        ${fact(t.membership, 'membership_id', claims.membership_id)}
        ${fact(t.tenantId, 'tenant_id', claims.tenant_id)}
        ${fact(t.signedInBy, 'sign_in_level', [claims.acr ?? '', ...claims.amr].filter((part) => part !== '').join(' · '))}
      </dl>
      ${permissionList(language, claims)}
      <p class="actions">
        <a class="button" id="records" href="/records">${t.openRecords}</a>
        <a class="button quiet" id="prescriptions" href="/prescriptions">${t.openPrescriptions}</a>
        <a class="button quiet" id="switch_tenant" href="/login?prompt=select_tenant">${t.switchTenant}</a>
      </p>
    </article>
    <details class="claims"><summary>${t.claims}</summary><pre id="claims">${JSON.stringify(claims, null, 2)}</pre></details>` })
}

/** The point of this example: the issuer tells the role, and the product alone decides what the role may do. */
function permissionList(language: Language, claims: Claims): Markup {
  const t = texts[language]
  const granted = permissionsOf(claims.role)
  const all: readonly Permission[] = permissionsOf('clinic_admin').concat('records_assigned')
  const rows = all
    .filter((permission) => granted.includes(permission) || permission !== 'records_assigned')
    .map((permission) => granted.includes(permission)
      ? html`<li class="may" data-permission="${permission}">${t.permissions[permission]}</li>`
      : html`<li class="may_not">${t.permissions[permission]} <small>${t.notAllowed}</small></li>`)
  return html`
    <section id="permissions">
      <h2>${t.mayDo}</h2>
      ${granted.length === 0
        ? html`<p class="note warn" id="no_permissions">${t.unknownRole(claims.role ?? '')}</p>`
        : html`<ul>${rows}</ul>`}
      <p class="muted">${t.decidedHere}</p>
    </section>`
}

const patients = [
  { number: 'K-0001', ja: '見本 太郎', en: 'Taro Mihon', part: ['腰', 'lower back'], assigned: true },
  { number: 'K-0002', ja: '見本 花', en: 'Hana Mihon', part: ['右肩', 'right shoulder'], assigned: false },
  { number: 'K-0003', ja: '例 次郎', en: 'Jiro Rei', part: ['左膝', 'left knee'], assigned: false },
] as const

export function records(language: Language, claims: Claims, seen: 'all' | 'assigned'): string {
  const t = texts[language]
  const rows = patients
    .filter((patient) => seen === 'all' || patient.assigned)
    .map((patient) => html`<tr><td>${patient.number}</td><td>${patient[language]}</td><td>${patient.part[language === 'ja' ? 0 : 1]}</td></tr>`)
  return page(language, t.records, { signedIn: html`
    <article class="chart">
      <header><p class="tab">${claims.tenant_name ?? t.noTenant}</p><h1>${t.records}</h1>
        <p class="muted">${t.seenAs(claims.role ?? '')} ${t.permissions[seen === 'all' ? 'records_all' : 'records_assigned']}</p></header>
      <div class="scroll"><table id="record_list"><thead><tr><th>${t.number}</th><th>${t.patient}</th><th>${t.part}</th></tr></thead><tbody>${rows}</tbody></table></div>
      <p class="muted">${t.fictional}</p>
      <p class="actions"><a class="button quiet" href="/">${t.back}</a></p>
    </article>` })
}

type SigningRefusal = keyof (typeof texts)['ja']['notSigned']
/** What came of the last attempt to sign: the number of the prescription, or why not. */
export type SigningNote = { readonly signed: string } | { readonly notSigned: SigningRefusal }

export function isKnownRefusal(reason: string): reason is SigningRefusal {
  return Object.hasOwn(texts.ja.notSigned, reason)
}

export function prescriptions(language: Language, claims: Claims, { list, note }: { list: readonly Prescription[]; note: SigningNote | null }): string {
  const t = texts[language]
  const seen = recordsSeenBy(claims.role)
  const rows = list.map((prescription) => {
    const patient = patients.find(({ number }) => number === prescription.patient)
    if (patient === undefined || (seen !== 'all' && !patient.assigned)) return nothing
    return html`<tr><td>${prescription.id}</td><td>${patient[language]}</td><td>${prescription.medicine[language]}</td><td>${signatureCell(language, claims, prescription)}</td></tr>`
  })
  return page(language, t.prescriptions, { signedIn: html`
    ${note === null ? nothing : 'signed' in note
      ? html`<p class="note" role="status" id="signed">${t.signed(note.signed)}</p>`
      : html`<p class="note warn" role="alert" id="not_signed">${t.notSigned[note.notSigned]}</p>`}
    <article class="chart">
      <header><p class="tab">${claims.tenant_name ?? t.noTenant}</p><h1>${t.prescriptions}</h1>
        <p class="muted">${t.signingNeeds(signingDemand.maxAgeSeconds / 60)}</p></header>
      <div class="scroll"><table id="prescription_list"><thead><tr><th>${t.number}</th><th>${t.patient}</th><th>${t.medicine}</th><th>${t.signature}</th></tr></thead><tbody>${rows}</tbody></table></div>
      <p class="muted">${t.fictional}</p>
      <p class="actions"><a class="button quiet" href="/">${t.back}</a></p>
    </article>` })
}

function signatureCell(language: Language, claims: Claims, { id, signature }: Prescription): Markup {
  const t = texts[language]
  if (signature !== null) {
    const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Tokyo' }).format(signature.at)
    return html`<span class="done" id="signature-${id}">${t.signedAt(time)} <small>${signature.membershipId} · ${signature.acr}</small></span>`
  }
  if (!permissionsOf(claims.role).includes('prescriptions_sign')) return html`<small>${t.notAllowed}</small>`
  return html`<form method="post" action="/prescriptions/${id}/sign"><button class="button small" id="sign-${id}" aria-label="${t.sign} ${id}">${t.sign}</button></form>`
}

export function forbidden(language: Language, claims: Claims): string {
  const t = texts[language]
  const rows = knownRoles.map((role) => html`<tr${role === claims.role ? html` class="mine"` : nothing}><th scope="row">${role}</th>
    <td>${permissionsOf(role).map((permission) => t.permissions[permission]).join(language === 'ja' ? '、' : ', ')}</td></tr>`)
  return page(language, t.forbidden, { signedIn: html`
    <article class="chart">
      <header><p class="tab">403</p><h1 id="forbidden">${t.forbidden}</h1>
        <p>${claims.role === undefined || !knownRoles.includes(claims.role) ? t.unknownRole(claims.role ?? '') : t.roleMayNot(claims.role)}</p></header>
      <div class="scroll"><table id="role_table"><caption>${t.mapping}</caption><thead><tr><th>${t.role}</th><th>${t.mayDo}</th></tr></thead><tbody>${rows}</tbody></table></div>
      <p class="actions"><a class="button quiet" href="/">${t.back}</a>
        <a class="button quiet" id="switch_tenant" href="/login?prompt=select_tenant">${t.switchTenant}</a></p>
    </article>` })
}

export function problem(language: Language, { kind, code }: Problem): string {
  const t = problemTexts[language]
  const [title, help] = t[kind]
  // An ordinary sign-in would change nothing where a stronger one or another person is wanted.
  const offersSignIn = kind !== 'too_weak' && kind !== 'other_person'
  return page(language, title, html`
    <section class="hero" id="problem" data-kind="${kind}">
      <h1>${title}</h1><p class="lead">${help}</p>
      ${code === undefined ? nothing : html`<p class="muted"><code id="problem_code">${code}</code></p>`}
      <p class="actions">${offersSignIn ? html`<a class="button" id="try_again" href="/login">${t.tryAgain}</a>` : nothing}<a class="button quiet" id="home" href="/">${t.home}</a></p>
    </section>`)
}

export function notFound(language: Language): string {
  return plain(language, texts[language].notFound)
}

export function fault(language: Language): string {
  return plain(language, texts[language].fault)
}

function plain(language: Language, title: string): string {
  return page(language, title, html`<section class="hero"><h1>${title}</h1><p><a class="button quiet" href="/">${texts[language].back}</a></p></section>`)
}

function fact(label: string, id: string, value: string | undefined): Markup {
  return value === undefined || value === '' ? nothing : html`<div><dt>${label}</dt><dd id="${id}">${value}</dd></div>`
}

/** `body` is the whole of <main>; a page that greets somebody offers to sign out. */
function page(language: Language, title: string, body: Markup | { signedIn: Markup }): string {
  const t = texts[language]
  const signedIn = !(body instanceof Markup)
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Karte</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/karte.css">
</head>
<body>
<header class="top">
  <a class="brand" href="/"><img src="/mark.svg" alt="" width="32" height="32"><span>Karte <small>${t.tagline}</small></span></a>
  ${signedIn ? html`<form method="post" action="/logout"><button class="button quiet" id="sign_out">${t.signOut}</button></form>` : nothing}
</header>
<main>${signedIn ? body.signedIn : body}</main>
<footer class="foot">${t.footer}</footer>
</body>
</html>`.text
}
