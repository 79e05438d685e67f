/**
 * The pieces that the pages of the account are built from: a panel, an entry of a list, facts in pairs, a tag.
 * A tag says in words what its colour says again.
 */
import type { ComponentChildren, JSX } from 'preact'

/** A part of a page under a heading of its own; `lead` explains it. */
export function Panel(props: { title?: string | undefined; lead?: string | undefined; children: ComponentChildren }): JSX.Element {
  return (
    <section class="panel">
      {props.title === undefined ? null : <h2>{props.title}</h2>}
      {props.lead === undefined ? null : <p class="panel-lead">{props.lead}</p>}
      {props.children}
    </section>
  )
}

/** A list of entries. */
export function Entries(props: { children: ComponentChildren }): JSX.Element {
  return <ul class="entries">{props.children}</ul>
}

interface EntryProps {
  title: string
  /** Its heading is the panel's own: the panel has none. */
  alone?: boolean
  /** A tile before the title; it only decorates. */
  mark?: ComponentChildren
  tags?: ComponentChildren
  /** What can be done with it: buttons and links. */
  acts?: ComponentChildren
  children?: ComponentChildren
}

/** One thing of a list, with what can be done about it. */
export function Entry({ title, alone, mark, tags, acts, children }: EntryProps): JSX.Element {
  const Heading = alone === true ? 'h2' : 'h3'
  return (
    <li class="entry">
      <div class="entry-body">
        <Heading class="entry-title">
          {mark}
          <bdi>{title}</bdi> {tags}
        </Heading>
        {children}
      </div>
      {acts === undefined ? null : <div class="entry-acts">{acts}</div>}
    </li>
  )
}

/** What an entry is, in pairs of name and value; a pair without a value is left out. */
export function Pairs(props: { pairs: readonly (readonly [name: string, value: ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="data">
      {props.pairs.map(([name, value]) =>
        value === null || value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}

/** Good, needs a look, dangerous, or simply so. */
export type Tone = 'good' | 'look' | 'danger' | 'plain'

/** A short word with a coloured dot. */
export function Tag(props: { tone: Tone; children: ComponentChildren }): JSX.Element {
  return <span class={`tag tag-${props.tone}`}>{props.children}</span>
}

/** Words that must not be overlooked, inside an entry or a panel. */
export function Warning(props: { children: ComponentChildren }): JSX.Element {
  return <p class="warning">{props.children}</p>
}
