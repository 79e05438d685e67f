/**
 * The page of Koe. It asks its own backend who is signed in and shows what that answers; it never sees a token.
 * Invariant: everything that a person wrote goes in as text, never as markup.
 */
interface Me {
  name: string
  tenantName: string
  role: string
  membershipId: string
  mayTakePart: boolean
  hears: string[]
  tenantsSeen: { id: string; name: string }[]
}
interface Answer {
  status: number
  body: Record<string, unknown>
}

const texts = {
  ja: {
    tagline: '職員の声',
    signIn: 'サインイン',
    signOut: 'サインアウト',
    heroTitle: '現場の声を、届くところへ。',
    heroText: 'Koe は、職員が気づきや困りごとを書きとめ、届けるべき人に届ける小さな見本の製品です。',
    heroNote: 'だれに届くかは、所属先での役割をもとに Koe が決めます。',
    membership: 'メンバーシップ',
    switchLabel: '別の所属先で見る',
    switch: '切り替え',
    selectTenant: '一覧から選ぶ',
    write: 'あなたの声',
    post: '届ける',
    voices: '届いている声',
    noVoices: 'まだ声はありません。最初の声をどうぞ。',
    footer: 'Koe は見本の製品です (example product)。声はサーバーを止めると消えます。',
    mine: 'あなた',
    noTenant: '所属先なし',
    noRole: '役割なし',
    hears: (roles: string) => `あなたに見える声：${roles}`,
    noPlace: (role: string) => `「${role}」という役割には、Koe での場所がありません。読むことも書くこともできません。`,
    switched: (name: string) => `${name} に切り替えました。`,
    access_denied: 'その所属先では使えません。名前をたしかめてください。',
    issuer_down: 'サインインの窓口につながりません。少し待ってからもう一度どうぞ。',
    failed: 'うまくいきませんでした。もう一度お試しください。',
  },
  en: {
    tagline: 'staff voice',
    signIn: 'Sign in',
    signOut: 'Sign out',
    heroTitle: 'Let the voice of the floor be heard.',
    heroText: 'Koe is a small example product where staff write down what they notice, and where it reaches those who should hear it.',
    heroNote: 'Who hears whom is decided by Koe, from the role in your organisation.',
    membership: 'Membership',
    switchLabel: 'Act for another organisation',
    switch: 'Switch',
    selectTenant: 'Choose from the list',
    write: 'Your voice',
    post: 'Send',
    voices: 'Voices',
    noVoices: 'No voices yet. Yours may be the first.',
    footer: 'Koe is an example product. Its voices are gone when the server stops.',
    mine: 'you',
    noTenant: 'No organisation',
    noRole: 'no role',
    hears: (roles: string) => `You hear: ${roles}`,
    noPlace: (role: string) => `The role “${role}” has no place in Koe, so you can neither read nor write here.`,
    switched: (name: string) => `You now act for ${name}.`,
    access_denied: 'You cannot act for that organisation. Check its name.',
    issuer_down: 'The sign-in service does not answer. Wait a moment and try again.',
    failed: 'Something went wrong. Please try again.',
  },
}
// The first of the browser's languages that Koe speaks, as the server decides it too.
const language = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'ja' || tag === 'en') === 'ja' ? 'ja' : 'en'
const t = texts[language]

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page lacks #${id}.`)
  return found
}

function field(id: string): HTMLInputElement | HTMLTextAreaElement {
  const found = element(id)
  if (found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement) return found
  throw new Error(`#${id} is no field.`)
}

async function call(path: string, body?: Record<string, string>): Promise<Answer> {
  const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  try {
    const response = await fetch(path, init)
    const answer: unknown = await response.json()
    return { status: response.status, body: isRecord(answer) ? answer : {} }
  } catch {
    return { status: 0, body: {} }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

function meOf(body: Record<string, unknown>): Me {
  return {
    name: word(body['name']) || word(body['email']) || word(body['sub']),
    tenantName: word(body['tenant_name']) || t.noTenant,
    role: word(body['role']) || t.noRole,
    membershipId: word(body['membership_id']),
    mayTakePart: body['may_take_part'] === true,
    hears: Array.isArray(body['hears']) ? body['hears'].map(word) : [],
    tenantsSeen: records(body['tenants_seen']).map((tenant) => ({ id: word(tenant['id']), name: word(tenant['name']) })),
  }
}

function tell(text: string): void {
  element('message').textContent = text
  element('message').hidden = text === ''
}

/** Shows the state of the session as the backend tells it now. */
async function refresh(): Promise<Me | null> {
  const { status, body } = await call('/api/me')
  if (status !== 200) {
    tell(t.failed)
    return null
  }
  const me = body['signed_in'] === true ? meOf(body) : null
  for (const part of document.querySelectorAll<HTMLElement>('[data-signed-in]')) part.hidden = me === null
  element('welcome').hidden = me !== null
  element('board').hidden = me === null || !me.mayTakePart
  element('no_place').hidden = me === null || me.mayTakePart
  if (me !== null) await showPerson(me)
  return me
}

async function showPerson(me: Me): Promise<void> {
  element('person_name').textContent = me.name
  element('tenant_name').textContent = me.tenantName
  element('role').textContent = me.role
  element('membership_id').textContent = me.membershipId
  element('hears').textContent = t.hears(me.hears.join(language === 'ja' ? '、' : ', '))
  element('no_place').textContent = t.noPlace(me.role)
  const others = me.tenantsSeen.filter((tenant) => tenant.name !== me.tenantName)
  element('quick_tenants').replaceChildren(...others.map(quickSwitch))
  if (me.mayTakePart) await showVoices()
}

function quickSwitch(tenant: { id: string; name: string }): HTMLElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'button quiet'
  button.textContent = tenant.name
  button.addEventListener('click', () => void switchTenant(tenant.id))
  return button
}

async function showVoices(): Promise<void> {
  const { status, body } = await call('/api/voices')
  if (status !== 200) return
  const voices = records(body['voices'])
  element('no_voices').hidden = voices.length > 0
  element('voices').replaceChildren(...voices.map(voiceItem))
}

function voiceItem(voice: Record<string, unknown>): HTMLElement {
  const item = document.createElement('li')
  const text = document.createElement('p')
  text.textContent = word(voice['text'])
  const by = document.createElement('p')
  by.className = 'muted'
  const at = new Date(word(voice['posted_at'])).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })
  by.textContent = `${voice['mine'] === true ? t.mine : word(voice['author'])} · ${word(voice['author_role'])} · ${at}`
  if (voice['mine'] === true) item.className = 'mine'
  item.append(text, by)
  return item
}

async function switchTenant(tenant: string): Promise<void> {
  const { status, body } = await call('/api/switch-tenant', { tenant })
  const location = word(body['location'])
  // Only our own sign-in page: the backend asks for it when the issuer wants to see the person.
  if (status === 409 && location.startsWith('/login?')) {
    window.location.assign(location)
  } else if (status === 200) {
    field('tenant').value = ''
    const me = await refresh()
    tell(me === null ? '' : t.switched(me.tenantName))
  } else {
    await explain(status, body)
  }
}

async function postVoice(): Promise<void> {
  const { status, body } = await call('/api/voices', { text: field('voice_text').value })
  if (status !== 201) return explain(status, body)
  field('voice_text').value = ''
  tell('')
  await showVoices()
}

async function explain(status: number, body: Record<string, unknown>): Promise<void> {
  if (status === 401) {
    await refresh()
    return
  }
  const reason = body['reason']
  tell(reason === 'access_denied' || reason === 'issuer_down' ? t[reason] : t.failed)
}

function onSubmit(id: string, act: () => Promise<void>): void {
  element(id).addEventListener('submit', (event) => {
    event.preventDefault()
    void act()
  })
}

document.documentElement.lang = language
for (const part of document.querySelectorAll<HTMLElement>('[data-text]')) {
  const text = Object.entries(t).find(([name]) => name === part.dataset['text'])?.[1]
  if (typeof text === 'string') part.textContent = text
}
onSubmit('voice_form', postVoice)
onSubmit('switch_form', () => switchTenant(field('tenant').value.trim()))
// Whoever signed out in another tab or product should not find the page as it was.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void refresh()
})
await refresh()
