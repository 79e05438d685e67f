/** What the address of the list of members says, and the addresses that lead on from there. Pure. */
import { factorFilters, memberSources, seenFilters, type ListCursor, type MemberFilter, type MemberOrder } from '../members/member-list.ts'
import { isMembershipId } from '../base/ids.ts'
import { memberStatuses } from '../../views/member-props.ts'
import type { MembersProps, MemberSortColumn } from '../../views/pages/console/members.tsx'
import { addressOf, oneOf, type Query } from './address.ts'

const sortColumns = ['name', 'role', 'status', 'last_seen'] as const satisfies readonly MemberSortColumn[]

export interface ListWish {
  readonly values: MembersProps['values']
  readonly filter: MemberFilter
  readonly order: MemberOrder & { readonly sort: MemberSortColumn }
  readonly cursor: ListCursor
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What no page of ours could have written does not narrow. */
export function wishIn(query: URLSearchParams): ListWish {
  const said = (name: string) => (query.get(name) ?? '').trim().slice(0, 100)
  const values = {
    search: said('search'), status: oneOf(memberStatuses, query.get('status')) ?? '', role: uuid.test(said('role')) ? said('role') : '', unit: said('unit'),
    factor: oneOf(factorFilters, query.get('factor')) ?? '', source: oneOf(memberSources, query.get('source')) ?? '', seen: oneOf(seenFilters, query.get('seen')) ?? '',
  }
  const order = { sort: oneOf(sortColumns, query.get('sort')) ?? 'name', direction: query.get('direction') === 'desc' ? 'desc' : 'asc' } as const
  return { values, filter: filterOf(values), order, cursor: cursorIn(query) }
}

function filterOf({ search, status, role, unit, factor, source, seen }: ListWish['values']): MemberFilter {
  const given = (text: string) => (text === '' ? undefined : text)
  const one = oneOf(memberStatuses, status)
  return {
    search: given(search), status: one === undefined ? ['active', 'invited', 'suspended'] : [one], roleId: given(role), unitCode: given(unit),
    factor: oneOf(factorFilters, factor), source: oneOf(memberSources, source), seen: oneOf(seenFilters, seen),
  }
}

function cursorIn(query: URLSearchParams): ListCursor {
  const [after, before] = [query.get('after') ?? '', query.get('before') ?? '']
  if (isMembershipId(after)) return { after }
  return isMembershipId(before) ? { before } : null
}

/** The filters as they stand in an address. */
export function filterQuery({ values }: Pick<ListWish, 'values'>): Query {
  return { ...values }
}

/** The filters and the order; the usual order is not said. */
export function listQuery(wish: ListWish): Query {
  return { ...filterQuery(wish), ...orderSaid(wish.order) }
}

/** As the form of filters keeps it. */
export function orderSaid({ sort, direction }: ListWish['order']): { readonly sort: string; readonly direction: string } {
  return { sort: sort === 'name' && direction === 'asc' ? '' : sort, direction: direction === 'desc' ? direction : '' }
}

/** Where each heading leads: to its order, or to the other direction where it is the order already. */
export function sortLinksOf(path: string, wish: ListWish): MembersProps['sortLinks'] {
  const linkOf = (sort: MemberSortColumn) => {
    const isNow = wish.order.sort === sort
    const direction = isNow && wish.order.direction === 'asc' ? 'desc' : 'asc'
    const now = isNow ? (wish.order.direction === 'asc' ? 'ascending' : 'descending') : null
    return { href: addressOf(path, { ...filterQuery(wish), ...orderSaid({ sort, direction }) }), now } as const
  }
  return { name: linkOf('name'), role: linkOf('role'), status: linkOf('status'), last_seen: linkOf('last_seen') }
}
