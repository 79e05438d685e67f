/** Members in words: their status as a tag, their factors as names. */
import type { JSX } from 'preact'
import type { MemberStatus } from '../member-props.ts'
import type { Translate } from '../messages.ts'
import { Tag, type Tone } from './account-panel.tsx'

const tones: Readonly<Record<MemberStatus, Tone>> = { active: 'good', invited: 'look', suspended: 'danger', ended: 'plain' }

export function StatusTag({ status, t }: { status: MemberStatus; t: Translate }): JSX.Element {
  return <Tag tone={tones[status]}>{t(`member.status.${status}`)}</Tag>
}

/** Names of second factors; what is not known stands as it is. */
export function factorWords(t: Translate, factors: readonly string[]): string {
  if (factors.length === 0) return t('member.factor.none')
  return factors.map((factor) => (factor === 'passkey' || factor === 'totp' ? t(`member.factor.${factor}`) : factor)).join(' · ')
}
