/**
 * What a reader of the log is: the event types it wants and the jobs that each of them becomes. Rooms declare subscribers as
 * data and app.ts collects them, so the writer of an event never knows who reads it.
 * Invariant: `job` is a pure function of the event. It runs inside the relay's transaction, so whatever waits belongs into a task.
 */
import type { EventType } from './catalogue.ts'

/** An event as it stands in the log. */
export interface StoredEvent {
  readonly id: string
  readonly type: EventType
  readonly outcome: string
  readonly occurredAt: Date
  readonly tenantId: string | null
  readonly actor: string | null
  readonly subject: string | null
  readonly clientId: string | null
  readonly sid: string | null
  readonly reason: string | null
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
}

export interface JobSpec {
  /** Name of a task that startJobs was given. */
  readonly task: string
  /** Ids and small facts only: a payload is stored in plain text, so nothing secret belongs into it. */
  readonly payload: Readonly<Record<string, unknown>>
  /** A waiting job with the same key is replaced by this one. */
  readonly key?: string
  /** Jobs of one queue run one after the other, in the order of their events. */
  readonly queue?: string
  /** 25 unless told, which with growing pauses is about four days. */
  readonly maxAttempts?: number
}

export interface Subscriber {
  /** Names the cursor in the database: a new name starts at the present end of the log. */
  readonly name: string
  readonly types: readonly EventType[]
  job(event: StoredEvent): readonly JobSpec[]
}
