/**
 * Tables of the consoles: columns as data, headings that sort, boxes that choose rows, and the way to the next page. On a phone each
 * row becomes a small card whose values keep their headings.
 */
import type { ComponentChildren, JSX } from 'preact'
import type { Translate } from '../messages.ts'
import { hrefTo } from '../safe-url.ts'

export interface Column<Row> {
  readonly name: string
  readonly label: string
  /** Where the heading leads to sort by this column, and how it is sorted now. */
  readonly sort?: { readonly href: string; readonly now: 'ascending' | 'descending' | null } | undefined
  /** Figures stand at the end of their column. */
  readonly isFigure?: boolean
  readonly cell: (row: Row) => ComponentChildren
}

/** Boxes before the rows, which a form around the table sends as `field`.`key`. */
export interface RowChoice<Row> {
  /** Name of each box: one field for each row, because a field stands once in a form. */
  readonly nameOf: (row: Row) => string
  readonly labelOf: (row: Row) => string
  readonly label: string
}

interface Props<Row> {
  /** What the table shows, for those who hear it. */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  choice?: RowChoice<Row> | undefined
  /** Stands in the place of an empty table. */
  empty: ComponentChildren
}

export function DataTable<Row>({ caption, columns, rows, keyOf, choice, empty }: Props<Row>): JSX.Element {
  if (rows.length === 0) return <div class="empty">{empty}</div>
  return (
    <div class="table-wrap">
      <table class="rows">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {choice === undefined ? null : (
              <th scope="col" class="choose">
                <span class="unseen">{choice.label}</span>
              </th>
            )}
            {columns.map((column) => (
              <Heading key={column.name} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {choice === undefined ? null : (
                <td class="choose">
                  <label>
                    <input type="checkbox" name={choice.nameOf(row)} value="on" />
                    <span class="unseen">{choice.labelOf(row)}</span>
                  </label>
                </td>
              )}
              {columns.map((column) => (
                <td key={column.name} data-label={column.label} class={column.isFigure === true ? 'figure' : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Heading<Row>({ column }: { column: Column<Row> }): JSX.Element {
  const { label, sort, isFigure } = column
  return (
    <th scope="col" class={isFigure === true ? 'figure' : undefined} aria-sort={sort?.now ?? undefined}>
      {sort === undefined ? label : <a href={hrefTo(sort.href)}>{label}</a>}
    </th>
  )
}

interface PagerProps {
  /** "1–50 of 463", in words; absent where nobody has counted. */
  place?: string | undefined
  previous: string | null
  next: string | null
  t: Translate
}

/** The way through a long list; nothing where all of it is on the page. */
export function Pager({ place, previous, next, t }: PagerProps): JSX.Element | null {
  if (previous === null && next === null && place === undefined) return null
  return (
    <nav class="pager" aria-label={t('board.pages')}>
      <span>{place}</span>
      <span class="pager-ways">
        {previous === null ? null : (
          <a id="previous_page" rel="prev" href={hrefTo(previous)}>
            {t('board.previous')}
          </a>
        )}
        {next === null ? null : (
          <a id="next_page" rel="next" href={hrefTo(next)}>
            {t('board.next')}
          </a>
        )}
      </span>
    </nav>
  )
}
