/** The third step of a list: its people are divided into waves, invited wave by wave, and seen to answer. */
import type { JSX } from 'preact'
import { waveFields } from '../../contract/console-imports.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import type { WaveLine, WaveStatus } from '../../import-props.ts'
import { inviteNo } from '../../invite-words.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag, type Tone } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Figures, Progress } from '../../parts/figures.tsx'
import { Action, Field, Form } from '../../parts/form.tsx'
import { importNo, ImportSteps } from '../../parts/import-steps.tsx'
import { hrefTo } from '../../safe-url.ts'

export interface ImportWavesProps extends ConsolePageProps<'planned' | 'started' | 'cancelled' | 'rolling_back', string> {
  list: { id: string; name: string; rows: number }
  /** How many still wait, in waves or not. */
  ready: number
  /** How many wait outside of any wave. */
  unplanned: number
  waves: readonly WaveLine[]
  /** One is under way: the page shows how far by itself. */
  isLive: boolean
  values: { plan: string; sizes: string }
  refreshUrl: string
  scriptUrls: readonly string[]
}

export function ImportWavesPage(props: ImportWavesProps): JSX.Element {
  const { list, ready, waves, isLive, notice, error, scriptUrls, refreshUrl, nav, form } = props
  const t = speak(props.frame.locale)
  const { subdomain } = nav.tenant
  return (
    <ConsoleFrame
      page={props}
      title={list.name}
      intro={t('imports.waves_intro')}
      acts={
        <a class="button quiet" id="import_result" href={consolePath(subdomain, 'imports', `/${list.id}/result.csv`)} download>
          {t('imports.result')}
        </a>
      }
      done={notice === undefined ? undefined : t(`imports.${notice}`)}
      failure={error === undefined ? undefined : { text: importNo(t, error), fieldId: error === 'invalid_sizes' ? waveFields.sizes.id : undefined }}
      scriptUrls={scriptUrls}
    >
      <ImportSteps subdomain={subdomain} importId={list.id} current="waves" t={t} />
      <div class="live" id="import_progress" data-live={isLive ? '' : undefined}>
        <Totals {...props} t={t} />
        {waves.length === 0 ? null : (
          <Form form={form}>
            <h2 class="unseen">{t('imports.waves')}</h2>
            <ol class="waves">
              {waves.map((wave) => (
                <Wave key={wave.number} wave={wave} canStart={!isLive} t={t} />
              ))}
            </ol>
          </Form>
        )}
        {isLive ? (
          <p>
            <a id="refresh" href={hrefTo(refreshUrl)}>
              {t('imports.refresh')}
            </a>
          </p>
        ) : null}
        {isLive || ready === 0 ? null : <Planning {...props} t={t} />}
        {isLive ? null : <Removal {...props} t={t} />}
      </div>
    </ConsoleFrame>
  )
}

type WithWords = ImportWavesProps & { t: Translate }

function Totals({ ready, waves, t }: WithWords): JSX.Element {
  const sum = (of: (wave: WaveLine) => number) => String(waves.reduce((all, wave) => all + of(wave), 0))
  return (
    <Figures
      figures={[
        { name: t('imports.figure.waiting'), value: String(ready) },
        { name: t('imports.figure.open'), value: sum(({ answers }) => answers.open) },
        { name: t('imports.figure.joined'), value: sum(({ answers }) => answers.joined) },
        { name: t('imports.figure.declined'), value: sum(({ answers }) => answers.declined) },
      ]}
    />
  )
}

const tones: Readonly<Record<WaveStatus, Tone>> = {
  waiting: 'plain', running: 'look', done: 'good', cancelled: 'plain', stopped: 'danger', rolling_back: 'look', rolled_back: 'plain',
}

function Wave({ wave, canStart, t }: { wave: WaveLine; canStart: boolean; t: Translate }): JSX.Element {
  const { number, status, reason, people, ready, started } = wave
  return (
    <li class="wave" id={`wave_${number}`}>
      <h3>
        {t('imports.wave', { number })} <span>{t('imports.wave_people', { count: people })}</span> <Tag tone={tones[status]}>{t(`imports.wave_status.${status}`)}</Tag>
      </h3>
      {reason === null ? null : <p class="warning">{inviteNo(t, reason)}</p>}
      {status === 'waiting' ? null : (
        <>
          <Progress label={t('imports.wave_progress', { number })} value={people - ready} of={people} words={t('imports.wave_done_of', { done: people - ready, people })} />
          <AnswerList wave={wave} t={t} />
        </>
      )}
      {started === null ? null : <p class="quiet-text">{started}</p>}
      <WaveActs wave={wave} canStart={canStart} t={t} />
    </li>
  )
}

function AnswerList({ wave: { answers, refused }, t }: { wave: WaveLine; t: Translate }): JSX.Element {
  const shown = (['joined', 'open', 'declined', 'expired', 'revoked'] as const).filter((answer) => answer === 'joined' || answer === 'open' || answers[answer] > 0)
  return (
    <dl class="answers">
      {shown.map((answer) => (
        <div key={answer}>
          <dt>{t(`imports.answer.${answer}`)}</dt>
          <dd>{answers[answer]}</dd>
        </div>
      ))}
      {refused === 0 ? null : (
        <div>
          <dt>{t('imports.wave_refused')}</dt>
          <dd>{refused}</dd>
        </div>
      )}
    </dl>
  )
}

function WaveActs({ wave, canStart, t }: { wave: WaveLine; canStart: boolean; t: Translate }): JSX.Element {
  const { number, status, ready, invited, answers, withoutAddress, peopleUrl, linksUrl, rollBackUrl } = wave
  const [start, cancel] = [waveFields.start(number), waveFields.cancel(number)]
  const isUnderWay = status === 'running' || status === 'rolling_back'
  return (
    <div class="row-acts">
      {canStart && (ready > 0 || status === 'stopped') ? (
        <button class="button compact" type="submit" name={start.name} id={start.id} value={start.value} aria-label={t('imports.wave.start_of', { number, count: ready })}>
          {t(status === 'waiting' ? 'imports.wave.start' : 'imports.wave.resume')}
        </button>
      ) : null}
      {status === 'running' ? (
        <button class="button quiet compact" type="submit" name={cancel.name} id={cancel.id} value={cancel.value}>
          {t('imports.wave.cancel')}
        </button>
      ) : null}
      {invited === 0 ? null : <a href={hrefTo(peopleUrl)}>{t('imports.wave.people')}</a>}
      {withoutAddress === 0 ? null : (
        <a id={`links_${number}`} href={hrefTo(linksUrl)}>
          {t('imports.wave.links', { count: withoutAddress })}
        </a>
      )}
      {isUnderWay || answers.open + answers.expired === 0 ? null : (
        <a id={`roll_back_${number}`} href={hrefTo(rollBackUrl)}>
          {t('imports.wave.roll_back')}
        </a>
      )}
    </div>
  )
}

function Planning(props: WithWords): JSX.Element {
  const { unplanned, ready, t } = props
  if (unplanned > 0) {
    return (
      <Panel title={t('imports.plan')} lead={t('imports.plan_lead', { count: ready })}>
        <PlanForm {...props} />
      </Panel>
    )
  }
  return (
    <details class="more">
      <summary>{t('imports.plan_again')}</summary>
      <Panel lead={t('imports.plan_lead', { count: ready })}>
        <PlanForm {...props} />
      </Panel>
    </details>
  )
}

function PlanForm({ form, values, error, t }: WithWords): JSX.Element {
  return (
    <Form form={form}>
      <fieldset class="choices">
        <legend class="unseen">{t('imports.plan')}</legend>
        {(['steps', 'all', 'own'] as const).map((plan) => {
          const { name, id, value } = waveFields.plan[plan]
          return (
            <label key={plan} for={id}>
              <input type="radio" name={name} id={id} value={value} checked={values.plan === plan} />
              {t(`imports.plan.${plan}`)}
            </label>
          )
        })}
      </fieldset>
      <Field field={waveFields.sizes} label={t('imports.plan.sizes')} hint={t('imports.plan.sizes_hint')} value={values.sizes} error={error === 'invalid_sizes' ? importNo(t, error) : undefined} />
      <div class="panel-acts">
        <Action button={waveFields.makePlan} look="main">
          {t('imports.plan_make')}
        </Action>
      </div>
    </Form>
  )
}

function Removal({ list, form, t }: WithWords): JSX.Element {
  return (
    <Panel title={t('imports.delete')} lead={t('imports.delete_lead', { count: list.rows })}>
      <Form form={form}>
        <div class="panel-acts">
          <Action button={waveFields.remove} look="danger" leaves>
            {t('board.delete')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}
