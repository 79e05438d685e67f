/**
 * The plainest PostgreSQL store that oidc-provider can have: one jsonb table, one autocommitted named statement per adapter
 * call. The yardstick for what our own adapter does with the same database.
 */
import type { AdapterFactory, AdapterPayload } from 'oidc-provider'
import pg from 'pg'

const table = `
  create table if not exists raw_artifact (
    id text primary key, payload jsonb not null, grant_id text, uid text, user_code text, expires_at timestamptz, consumed_at timestamptz);
  create index if not exists raw_artifact_grant on raw_artifact (grant_id) where grant_id is not null;
  create index if not exists raw_artifact_uid on raw_artifact (uid) where uid is not null;
  create index if not exists raw_artifact_user_code on raw_artifact (user_code) where user_code is not null`

const columns = 'select payload, floor(extract(epoch from consumed_at))::int as consumed from raw_artifact'
const alive = '(expires_at is null or expires_at > now())'

const statements = {
  upsert: `insert into raw_artifact (id, payload, grant_id, uid, user_code, expires_at)
    values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
    on conflict (id) do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
      user_code = excluded.user_code, expires_at = excluded.expires_at`,
  find: `${columns} where id = $1 and ${alive}`,
  find_by_uid: `${columns} where uid = $1 and ${alive}`,
  find_by_user_code: `${columns} where user_code = $1 and ${alive}`,
  consume: 'update raw_artifact set consumed_at = now() where id = $1',
  destroy: 'delete from raw_artifact where id = $1',
  revoke: 'delete from raw_artifact where grant_id = $1',
} as const

interface Row {
  readonly payload: AdapterPayload
  readonly consumed: number | null
}

/** Makes the table where it is missing; the pool has as many connections as Tegata's has by default. */
export async function openRawStore(databaseUrl: string): Promise<AdapterFactory> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10, idleTimeoutMillis: 0 })
  await pool.query(table)
  const run = (name: keyof typeof statements, values: unknown[]) => pool.query<Row>({ name, text: statements[name], values })
  const find = async (name: keyof typeof statements, key: string) => {
    const [row] = (await run(name, [key])).rows
    return row && (row.consumed === null ? row.payload : { ...row.payload, consumed: row.consumed })
  }
  return (model) => ({
    upsert: async (id, payload, expiresIn) => {
      await run('upsert', [`${model}:${id}`, payload, payload.grantId ?? null, payload.uid ?? null, payload.userCode ?? null, expiresIn ?? null])
    },
    find: (id) => find('find', `${model}:${id}`),
    findByUid: (uid) => find('find_by_uid', uid),
    findByUserCode: (userCode) => find('find_by_user_code', userCode),
    consume: async (id) => { await run('consume', [`${model}:${id}`]) },
    destroy: async (id) => { await run('destroy', [`${model}:${id}`]) },
    revokeByGrantId: async (grantId) => { await run('revoke', [grantId]) },
  })
}
