/** Figures on a board: a row of numbers with their names, a bar that is partly filled, and a small chart of days. */
import { scaleBand, scaleLinear } from 'd3-scale'
import type { JSX } from 'preact'
import { hrefTo } from '../safe-url.ts'

export interface Figure {
  readonly name: string
  readonly value: string
  readonly note?: string | undefined
  readonly href?: string | undefined
  /** Wants a look. */
  readonly look?: boolean | undefined
}

/** Numbers side by side. */
export function Figures({ figures }: { figures: readonly Figure[] }): JSX.Element {
  return (
    <dl class="figures">
      {figures.map(({ name, value, note, href, look }) => (
        <div key={name} class={look === true ? 'look' : undefined}>
          <dt>{href === undefined ? name : <a href={hrefTo(href)}>{name}</a>}</dt>
          <dd>
            <b>{value}</b>
            {note === undefined ? null : <span>{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** How much of a whole is done; both are counts. */
export function Progress(props: { label: string; value: number; of: number; words: string }): JSX.Element {
  return (
    <div class="progress">
      <progress value={props.value} max={Math.max(1, props.of)} aria-label={props.label} />
      <span>{props.words}</span>
    </div>
  )
}

export interface ChartDay {
  /** As it is written under the chart and said to those who hear it. */
  readonly label: string
  readonly value: number
}

interface ChartProps {
  days: readonly ChartDay[]
  /** What the chart says, in one sentence. */
  summary: string
  /** Headings of the same figures as a table. */
  words: { readonly day: string; readonly value: string; readonly asTable: string }
}

const [width, height, gutter, foot] = [640, 150, 30, 18]

/** One bar for each day, with the same figures as a table behind a button. */
export function DayChart({ days, summary, words }: ChartProps): JSX.Element {
  const x = scaleBand<number>().domain(days.map((_day, place) => place)).range([gutter, width]).padding(0.28)
  const y = scaleLinear().domain([0, Math.max(1, ...days.map(({ value }) => value))]).nice(3).range([height - foot, 8])
  const ticks = y.ticks(3).filter(Number.isInteger)
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={summary}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="chart-line" x1={gutter} x2={width} y1={y(tick)} y2={y(tick)} />
            <text class="chart-text" x={gutter - 6} y={y(tick)} dy="0.32em" text-anchor="end">
              {tick}
            </text>
          </g>
        ))}
        {days.map(({ label, value }, place) => (
          <rect key={label} class="chart-bar" x={x(place) ?? 0} width={x.bandwidth()} y={y(value)} height={y(0) - y(value)} rx="1.5">
            <title>{`${label}: ${value}`}</title>
          </rect>
        ))}
        <text class="chart-text" x={gutter} y={height - 4}>
          {days.at(0)?.label}
        </text>
        <text class="chart-text" x={width} y={height - 4} text-anchor="end">
          {days.at(-1)?.label}
        </text>
      </svg>
      <details>
        <summary>{words.asTable}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.day}</th>
              <th scope="col">{words.value}</th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ label, value }) => (
              <tr key={label}>
                <td>{label}</td>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}
