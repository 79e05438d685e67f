/**
 * The types of the tables, generated from the migrated database by `npm run schema`; never edited by hand.
 * To change one, add a migration and run that command again.
 */
import type { ColumnType } from "kysely";

export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>;

export type Json = JsonValue;

export type JsonArray = JsonValue[];

export type JsonObject = {
  [x: string]: JsonValue | undefined;
};

export type JsonPrimitive = boolean | number | string | null;

export type JsonValue = JsonArray | JsonObject | JsonPrimitive;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface Account {
  created_at: Generated<Timestamp>;
  delete_after: Timestamp | null;
  display_name: string;
  email: string | null;
  email_verified_at: Timestamp | null;
  family_name: string | null;
  family_name_kana: string | null;
  given_name: string | null;
  given_name_kana: string | null;
  id: string;
  locale: string | null;
  not_before: Generated<Timestamp>;
  second_factors: Generated<string[]>;
  status: Generated<string>;
  updated_at: Generated<Timestamp>;
  zoneinfo: Generated<string>;
}

export interface AccountLink {
  account_id: string | null;
  client_id: string | null;
  code_hash: string | null;
  code_tries: Generated<number>;
  created_at: Generated<Timestamp>;
  email: string | null;
  expires_at: Timestamp;
  id: string;
  locale: string | null;
  purpose: string;
  tenant_id: string | null;
  token_hash: string;
  used_at: Timestamp | null;
}

export interface Api {
  access_token_format: Generated<string>;
  access_token_ttl_seconds: Generated<number>;
  created_at: Generated<Timestamp>;
  identifier: string;
  name: string;
  revision: Generated<number>;
  scopes: Generated<string[]>;
}

export interface Attempt {
  expire: number | null;
  key: string;
  points: Generated<number>;
}

export interface BreakGlass {
  account_id: string;
  ended_at: Timestamp | null;
  expires_at: Timestamp;
  id: string;
  reason: string;
  started_at: Generated<Timestamp>;
  tenant_id: string;
}

export interface Client {
  built_in: Generated<boolean>;
  claim_mapping: Generated<Json>;
  created_at: Generated<Timestamp>;
  first_party: Generated<boolean>;
  former_secret_hash: string | null;
  former_secret_until: Timestamp | null;
  id: string;
  metadata: Json;
  name: string;
  open_to: Generated<string>;
  permissions: Generated<string[]>;
  revision: Generated<number>;
  secret_hash: string | null;
  status: Generated<string>;
  tenant_id: string | null;
  updated_at: Generated<Timestamp>;
}

export interface ClientAssignment {
  client_id: string;
  created_at: Generated<Timestamp>;
  id: string;
  membership_id: string | null;
  role_id: string | null;
  tenant_id: string;
  unit_id: string | null;
}

export interface Consent {
  account_id: string;
  agreed_at: Generated<Timestamp>;
  claims: Generated<string[]>;
  client_id: string;
  membership_id: string | null;
  resource_scopes: Generated<Json>;
  scopes: Generated<string[]>;
  tenant_id: string | null;
}

export interface Device {
  account_id: string;
  created_at: Generated<Timestamp>;
  id_hash: string;
  last_seen_at: Generated<Timestamp>;
  trusted_until: Timestamp | null;
  user_agent: string | null;
}

export interface Event {
  actor: string | null;
  after: Json | null;
  before: Json | null;
  break_glass_id: string | null;
  client_id: string | null;
  id: string;
  ip: string | null;
  occurred_at: Generated<Timestamp>;
  outcome: string;
  reason: string | null;
  request_id: string | null;
  sid: string | null;
  subject: string | null;
  tenant_id: string | null;
  type: string;
  user_agent: string | null;
  xid: Generated<string>;
}

export interface EventCursor {
  event_id: Generated<string>;
  subscriber: string;
  updated_at: Generated<Timestamp>;
  xid: Generated<string>;
}

export interface FactorPasskey {
  aaguid: string;
  account_id: string;
  backed_up: boolean;
  clone_suspected_at: Timestamp | null;
  counter: number;
  created_at: Generated<Timestamp>;
  id: string;
  last_used_at: Timestamp | null;
  name: string;
  public_key: Buffer;
  transports: Generated<string[]>;
}

export interface FactorPassword {
  account_id: string;
  changed_at: Generated<Timestamp>;
  phc: string;
}

export interface FactorRecoveryCode {
  account_id: string;
  code_hash: string;
  created_at: Generated<Timestamp>;
  used_at: Timestamp | null;
}

export interface FactorTotp {
  account_id: string;
  created_at: Generated<Timestamp>;
  last_step: number;
  last_used_at: Timestamp | null;
  sealed_secret: string;
}

export interface FormerSubdomain {
  replaced_at: Generated<Timestamp>;
  subdomain: string;
  tenant_id: string;
}

export interface IdempotencyKey {
  caller: string;
  created_at: Generated<Timestamp>;
  key: string;
  request_hash: string;
  sealed_answer: string | null;
}

export interface ImportRow {
  corrections: Generated<Json>;
  fields: string[];
  import_id: string;
  membership_id: string | null;
  number: number;
  reason: string | null;
  status: string;
  tenant_id: string;
  uses_seat: Generated<boolean>;
  wave: number | null;
}

export interface ImportWave {
  finished_at: Timestamp | null;
  import_id: string;
  number: number;
  reason: string | null;
  started_at: Timestamp | null;
  started_by: string | null;
  starter: string | null;
  starter_id: string | null;
  status: Generated<string>;
  tenant_id: string;
}

export interface Invitation {
  accepted_at: Timestamp | null;
  client_id: string | null;
  created_at: Generated<Timestamp>;
  declined_at: Timestamp | null;
  expires_at: Timestamp;
  generation: Generated<number>;
  invited_by: string | null;
  locale: string;
  membership_id: string;
  revoked_at: Timestamp | null;
  sent_at: Timestamp | null;
  sent_count: Generated<number>;
  tenant_id: string;
  token_hash: string;
}

export interface MemberImport {
  created_at: Generated<Timestamp>;
  created_by: string | null;
  defaults: Generated<Json>;
  headings: Generated<string[]>;
  id: string;
  mapping: Generated<Json>;
  name: string;
  row_count: Generated<number>;
  source: string;
  status: Generated<string>;
  tenant_id: string;
  updated_at: Generated<Timestamp>;
}

export interface Membership {
  account_id: string;
  created_at: Generated<Timestamp>;
  employee_number: string | null;
  ended_at: Timestamp | null;
  expiry_told_at: Timestamp | null;
  groups: Generated<string[]>;
  id: string;
  invited_at: Timestamp | null;
  invited_by: string | null;
  joined_at: Timestamp | null;
  last_seen_on: Timestamp | null;
  role_id: string;
  search_text: Generated<string>;
  second_factors: Generated<string[]>;
  shown_name: Generated<string>;
  sort_name: Generated<string>;
  source: Generated<string>;
  status: string;
  tenant_id: string;
  title: string | null;
  updated_at: Generated<Timestamp>;
  valid_from: Timestamp | null;
  valid_until: Timestamp | null;
}

export interface MembershipUnit {
  is_head: Generated<boolean>;
  is_primary: Generated<boolean>;
  membership_id: string;
  tenant_id: string;
  unit_id: string;
}

export interface OidcArtifact {
  client_id: string | null;
  consumed_at: Timestamp | null;
  expires_at: Timestamp;
  grant_id: string | null;
  id: string;
  model: string;
  payload: Json;
}

export interface OidcGrant {
  account_id: string;
  client_id: string;
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
  id: string;
  membership_id: string | null;
  offline: Generated<boolean>;
  payload: Json;
  session_uid: string | null;
  tenant_id: string | null;
}

export interface Operator {
  account_id: string;
  created_at: Generated<Timestamp>;
  role: Generated<string>;
}

export interface Role {
  description: string | null;
  id: string;
  name: string;
  permissions: Generated<string[]>;
  tenant_id: string;
  uses_seat: Generated<boolean>;
}

export interface Session {
  account_id: string | null;
  anonymous_id_hash: string | null;
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
  id_hash: string;
  ip: string | null;
  last_seen_at: Generated<Timestamp>;
  payload: Json;
  previous_id_hash: string | null;
  previous_until: Timestamp | null;
  uid: string;
  user_agent: string | null;
}

export interface SigningKey {
  activated_at: Timestamp | null;
  alg: string;
  created_at: Generated<Timestamp>;
  kid: string;
  retired_at: Timestamp | null;
  sealed_jwk: string;
  state: string;
}

export interface SpentChallenge {
  expires_at: Timestamp;
  hash: string;
}

export interface Tenant {
  accent_color: string | null;
  closes_at: Timestamp | null;
  contact: string | null;
  created_at: Generated<Timestamp>;
  id: string;
  invitation_lifetime_days: Generated<number>;
  mfa_enforced_from: Timestamp | null;
  mfa_level: Generated<string>;
  mfa_rule: Generated<string>;
  name: string;
  password_max_age_days: number | null;
  password_sign_in: Generated<boolean>;
  plan: string | null;
  registration_role_id: string | null;
  seat_limit: number | null;
  session_hours: number | null;
  staff_number_sign_in: Generated<boolean>;
  status: Generated<string>;
  status_before_closing: string | null;
  subdomain: string;
  trusted_device_days: Generated<number>;
  updated_at: Generated<Timestamp>;
}

export interface TenantClient {
  access: string;
  client_id: string;
  created_at: Generated<Timestamp>;
  tenant_id: string;
  updated_at: Generated<Timestamp>;
}

export interface TenantLogo {
  digest: string;
  height: number;
  png: Buffer;
  tenant_id: string;
  updated_at: Generated<Timestamp>;
  width: number;
}

export interface Unit {
  code: string;
  code_path: string[];
  id: string;
  kind: string;
  name: string;
  parent_id: string | null;
  tenant_id: string;
}

export interface DB {
  account: Account;
  account_link: AccountLink;
  api: Api;
  attempt: Attempt;
  break_glass: BreakGlass;
  client: Client;
  client_assignment: ClientAssignment;
  consent: Consent;
  device: Device;
  event: Event;
  event_cursor: EventCursor;
  factor_passkey: FactorPasskey;
  factor_password: FactorPassword;
  factor_recovery_code: FactorRecoveryCode;
  factor_totp: FactorTotp;
  former_subdomain: FormerSubdomain;
  idempotency_key: IdempotencyKey;
  import_row: ImportRow;
  import_wave: ImportWave;
  invitation: Invitation;
  member_import: MemberImport;
  membership: Membership;
  membership_unit: MembershipUnit;
  oidc_artifact: OidcArtifact;
  oidc_grant: OidcGrant;
  operator: Operator;
  role: Role;
  session: Session;
  signing_key: SigningKey;
  spent_challenge: SpentChallenge;
  tenant: Tenant;
  tenant_client: TenantClient;
  tenant_logo: TenantLogo;
  unit: Unit;
}
