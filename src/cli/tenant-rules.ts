/** `tegata tenant rules`: what a tenant asks of its members' sign-in. */
import { z } from 'zod'
import { changeSignInRules } from '../tenants/change-sign-in-rules.ts'
import { mfaLevels, mfaRules } from '../tenants/sign-in-rules.ts'
import { tenantNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { verb } from './verbs.ts'

const onOrOff = z.enum(['on', 'off']).transform((text) => text === 'on').optional()

export const rulesVerb = verb({
  name: 'rules', meaning: 'says what the tenant asks of its members’ sign-in; what is not named stays as it is', argument: '<subdomain>',
  options: {
    '--mfa <rule>': `who needs a second factor: ${mfaRules.join(', ')}`, '--mfa-level <level>': `aal2 for any second factor, phr for passkeys only`,
    '--mfa-from <date>': 'until then it may be put off (2027-04-01, or `now`)', '--trusted-device-days <n>': 'days for which a browser may be trusted; 0 for never',
    '--password-max-age-days <n>': 'days after which a password is to be changed; 0 for never', '--session-hours <n>': 'hours for which a sign-in counts; 0 for as long as a session lives', '--password-sign-in <on>': 'on or off; off leaves passkeys only',
    '--staff-number-sign-in <on>': 'on or off', '--registration-role <name>': 'role of people who register by themselves; `none` where nobody may',
  },
  input: z.object({
    argument: z.string(),
    mfa: z.enum(mfaRules).optional(), mfaLevel: z.enum(mfaLevels).optional(), mfaFrom: z.union([z.literal('now'), z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
    trustedDeviceDays: z.coerce.number().optional(), passwordMaxAgeDays: z.coerce.number().optional(), sessionHours: z.coerce.number().optional(),
    passwordSignIn: onOrOff, staffNumberSignIn: onOrOff, registrationRole: z.string().optional(),
  }),
  run: async ({ databases }, { argument, mfa, mfaFrom, passwordMaxAgeDays, sessionHours, registrationRole, ...same }) => {
    const rules = {
      ...same, mfaRule: mfa, mfaEnforcedFrom: mfaFrom === undefined ? undefined : mfaFrom === 'now' ? null : new Date(mfaFrom),
      passwordMaxAgeDays: passwordMaxAgeDays === 0 ? null : passwordMaxAgeDays, sessionHours: sessionHours === 0 ? null : sessionHours,
      registrationRole: registrationRole === 'none' ? null : registrationRole,
    }
    const result = await changeSignInRules({ databases }, { tenantId: await tenantNamed(databases, argument), rules, ...byCommandLine })
    return result.ok ? { ok: true, facts: { subdomain: argument }, lines: [`the sign-in rules of ${argument} are set`] } : result
  },
})
