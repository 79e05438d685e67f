/**
 * The form above a list that searches and filters it: a plain GET form, so that every view of a list has an address that can be
 * kept and sent. A script submits it when a choice changes; without one its button does.
 */
import type { ComponentChildren, JSX } from 'preact'
import type { Translate } from '../messages.ts'
import { hrefTo } from '../safe-url.ts'

export interface FilterChoice {
  readonly name: string
  readonly label: string
  /** What stands for "all". */
  readonly all: string
  readonly options: readonly { readonly value: string; readonly name: string }[]
  readonly value: string
}

interface Props {
  action: string
  search?: { readonly label: string; readonly value: string } | undefined
  choices: readonly FilterChoice[]
  /** Those that are asked for seldom, folded away while none of them is chosen. */
  more?: { readonly label: string; readonly choices: readonly FilterChoice[] } | undefined
  /** What of the address must stay, such as the order. */
  kept?: readonly (readonly [name: string, value: string])[] | undefined
  /** Leads to the list without any filter; null while nothing is filtered. */
  clearUrl: string | null
  t: Translate
  children?: ComponentChildren
}

export function Filters({ action, search, choices, more, kept = [], clearUrl, t, children }: Props): JSX.Element {
  return (
    <form class="filters" method="get" action={action} role="search" data-filters>
      {search === undefined ? null : (
        <div class="filter-search">
          <label class="unseen" for="search">
            {search.label}
          </label>
          <input type="search" id="search" name="search" value={search.value} placeholder={search.label} autocomplete="off" maxLength={100} />
        </div>
      )}
      {choices.map((choice) => (
        <Choice key={choice.name} choice={choice} />
      ))}
      {more === undefined ? null : (
        <details class="filter-more" open={more.choices.some(({ value }) => value !== '')}>
          <summary>{more.label}</summary>
          <div>
            {more.choices.map((choice) => (
              <Choice key={choice.name} choice={choice} />
            ))}
          </div>
        </details>
      )}
      {children}
      {kept.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button class="button quiet compact" type="submit" id="apply_filters">
        {t('board.apply')}
      </button>
      {clearUrl === null ? null : (
        <a class="filter-clear" id="clear_filters" href={hrefTo(clearUrl)}>
          {t('board.clear')}
        </a>
      )}
    </form>
  )
}

function Choice({ choice }: { choice: FilterChoice }): JSX.Element {
  return (
    <div class="filter">
      <label class="unseen" for={`filter_${choice.name}`}>
        {choice.label}
      </label>
      <select id={`filter_${choice.name}`} name={choice.name}>
        <option value="">{choice.all}</option>
        {choice.options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === choice.value}>
            {option.name}
          </option>
        ))}
      </select>
    </div>
  )
}
