/** Where a request came from, as the log writes it; made once at the edge (http/) and handed down. */
export interface Origin {
  readonly ip: string | null
  readonly userAgent: string | null
  readonly requestId: string | null
  /** The break-glass by which an operator acts in a tenant; absent for everybody else. */
  readonly breakGlassId?: string
}

/** The origin of what the platform does by itself: jobs, the CLI, the first start. */
export const noOrigin: Origin = { ip: null, userAgent: null, requestId: null }
