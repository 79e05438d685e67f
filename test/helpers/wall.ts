/**
 * Takes down one of the two walls between tenants, for tests that the other one holds alone: the policies of the database, or the
 * predicates of our statements.
 */
import { OperationNodeTransformer, type BinaryOperationNode, type KyselyPlugin, type OperationNode, type QueryId } from 'kysely'
import { asSuperuser } from './database.ts'

/** Switches row-level security off in this database, for every table and every role. */
export async function dropPolicies(adminUrl: string): Promise<number> {
  return asSuperuser(adminUrl, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
    )
    for (const { name } of rows) await admin.query(`alter table ${name} disable row level security, no force row level security`)
    return rows.length
  })
}

/** Counts how often it has made a predicate worthless, so that a test can say that it did anything at all. */
export class WithoutPredicates extends OperationNodeTransformer implements KyselyPlugin {
  removed = 0

  transformQuery({ node, queryId }: Parameters<KyselyPlugin['transformQuery']>[0]): ReturnType<KyselyPlugin['transformQuery']> {
    return this.transformNode(node, queryId)
  }

  transformResult({ result }: Parameters<KyselyPlugin['transformResult']>[0]): ReturnType<KyselyPlugin['transformResult']> {
    return Promise.resolve(result)
  }

  /** `tenant_id = $1` becomes `tenant_id = tenant_id`; so does `tenant.id = $1`. */
  protected override transformBinaryOperation(node: BinaryOperationNode, queryId?: QueryId): BinaryOperationNode {
    const transformed = super.transformBinaryOperation(node, queryId)
    if (!namesTenant(transformed.leftOperand) || transformed.rightOperand.kind !== 'ValueNode') return transformed
    this.removed += 1
    return { ...transformed, rightOperand: transformed.leftOperand }
  }
}

function namesTenant(node: OperationNode): boolean {
  const text = JSON.stringify(node)
  return node.kind === 'ReferenceNode' && (text.includes('"name":"tenant_id"') || (text.includes('"name":"tenant"') && text.includes('"name":"id"')))
}
