/** The facts of one request that every room may ask for, typed once. Types only; request-state.ts sets them. */
import type Koa from 'koa'
import type { Origin } from '../base/origin.ts'
import type { Locale } from '../../views/locale.ts'
import type { BrandProps } from '../../views/props.ts'

export interface RequestState {
  readonly requestId: string
  /** Gains the visit once an operator has entered a tenant. */
  origin: Origin
  /** What the hints of the request say; an interaction that knows better may set it. */
  locale: Locale
  /** The tenant that the page is for, where its handler has found out. */
  brand: BrandProps | null
  /** Milliseconds of performance.now(), for durations; not a time of day. */
  readonly startedAt: number
  /** The path pattern that serves the request: safe to log and to count, which the path itself (tokens!) is not. */
  door: string
}

export type AppContext = Koa.ParameterizedContext<RequestState, object>
export type AppMiddleware = Koa.Middleware<RequestState, object>
