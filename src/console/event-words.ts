/**
 * Events as sentences, in the reader's language. Invariants: every type of the catalogue has its sentence, or this does not compile;
 * nobody is named who is not in the tenant.
 */
import { catalogue, type EventType } from '../events/catalogue.ts'
import { eventFields, triedEvents, type EventField, type TriedEvent } from '../../views/event-names.ts'
import type { Translate } from '../../views/messages.ts'
import { permissionWords } from '../../views/permission-words.ts'

/** What of an event its sentence is made from. */
export interface Told {
  readonly type: string
  readonly outcome: string
  /** An account or an app; null where nobody is known, or the platform acted by itself. */
  readonly actor: string | null
  /** Null for whoever is no member of the tenant. */
  readonly actorName: string | null
  /** Of the machine that acted, where it was one. */
  readonly appName?: string | null
  readonly subjectName: string | null
  readonly before?: unknown
  readonly after?: unknown
}

export function sentenceOf(t: Translate, told: Told): string {
  const { type, outcome } = told
  const names = { who: whoOf(t, told), whom: told.subjectName ?? nameIn(told.before) ?? nameIn(told.after) ?? t('event.whom.somebody') }
  if (!isEventType(type)) return t('event.other', { who: names.who, type })
  if (outcome === 'success' || isNegative(type)) return t(`event.${type}`, names)
  if (isTried(type)) return t(`event.tried.${type}`, names)
  return t(outcome === 'refused' ? 'event.refused' : 'event.failed', { sentence: t(`event.${type}`, names) })
}

/** What is gone is called what it was called then. */
function nameIn(value: unknown): string | undefined {
  const { name } = recordOf(value)
  return typeof name === 'string' ? name : undefined
}

/** How whoever acted is called. */
export function whoOf(t: Translate, { type, actor, actorName, appName }: Told): string {
  if (actorName !== null) return actorName
  if (appName !== undefined && appName !== null) return appName
  if (actor === null) return t('event.who.system')
  // What is done inside a tenant by somebody who is not in it is done by those who run the platform.
  return t(/^(?:membership|members|invitation|role|unit|tenant|app|client|api|factors|activation|break_glass|import|wave)\./.test(type) ? 'event.who.operator' : 'event.who.outside')
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(catalogue, type)
}

/** Types that say themselves that something did not go through. */
function isNegative(type: EventType): boolean {
  return /\.(?:refused|failed|locked|reuse_detected|clone_suspected|seat_limit_reached)$/.test(type)
}

function isTried(type: EventType): type is EventType & TriedEvent {
  return triedEvents.some((tried) => tried === type)
}

export interface Change {
  readonly label: string
  readonly before: string | null
  readonly after: string | null
}

/** What changed, value by value, in words where there are some. */
export function changesOf(t: Translate, before: unknown, after: unknown): readonly Change[] {
  const [was, is] = [recordOf(before), recordOf(after)]
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => !untold.has(key))
  return keys.map((key) => ({ label: fieldWords(t, key), before: valueWords(t, key, was[key]), after: valueWords(t, key, is[key]) }))
}

// Ids that stand beside the subject, and numbers that only programs ask for.
const untold: ReadonlySet<string> = new Set(['account_id', 'generation', 'link_id', 'role_id'])

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}
}

function fieldWords(t: Translate, key: string): string {
  return isField(key) ? t(`event.field.${key}`) : key
}

function isField(key: string): key is EventField {
  return eventFields.some((field) => field === key)
}

function valueWords(t: Translate, key: string, value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'boolean') return t(value ? 'board.yes' : 'board.no')
  if (Array.isArray(value)) return value.length === 0 ? t('board.none') : value.map((one) => valueWords(t, key, one) ?? '').join(t('account.comma'))
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (key === 'permissions') return permissionWords(t, text)
  if (key === 'fields') return fieldWords(t, text)
  return key === 'status' && isStatus(text) ? t(`member.status.${text}`) : text
}

function isStatus(text: string): text is 'invited' | 'active' | 'suspended' | 'ended' {
  return ['invited', 'active', 'suspended', 'ended'].includes(text)
}
