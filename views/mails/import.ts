/** The mail about a wave of invitations that is over. The names of tenant and list are what a tenant's members have typed: they stand in it as text. */
import { writeMail, type Mail } from './layout.tsx'
import { voiceFor, type Reader } from './reader.ts'

export interface WaveFinishedProps extends Reader {
  tenantName: string
  listName: string
  wave: number
  invited: number
  refused: number
  /** Who were left because the wave stopped. */
  waiting: number
  /** Whether it stopped before its end. */
  isStopped: boolean
}

export function waveFinishedMail({ tenantName, listName, wave, invited, refused, waiting, isStopped, ...reader }: WaveFinishedProps): Mail {
  const { t, product, greeting } = voiceFor(reader)
  const people = (label: 'invited' | 'refused' | 'waiting', count: number) => ({ label: t(`wave_finished_mail.${label}`), value: t('wave_finished_mail.people', { count }) })
  return writeMail({
    locale: reader.locale,
    product,
    title: t(isStopped ? 'wave_finished_mail.title_stopped' : 'wave_finished_mail.title'),
    greeting,
    paragraphs: [t(isStopped ? 'wave_finished_mail.what_stopped' : 'wave_finished_mail.what', { tenant: tenantName })],
    facts: [
      { label: t('wave_finished_mail.list'), value: listName }, { label: t('wave_finished_mail.wave'), value: String(wave) },
      people('invited', invited), ...(refused === 0 ? [] : [people('refused', refused)]), ...(waiting === 0 ? [] : [people('waiting', waiting)]),
    ],
    afterwards: [t(refused + waiting === 0 ? 'wave_finished_mail.nothing_to_do' : 'wave_finished_mail.look')],
  })
}
