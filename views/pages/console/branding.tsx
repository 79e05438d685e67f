/** Logo and colour of a tenant, and how its sign-in page looks with them. */
import type { JSX } from 'preact'
import { brandingFields } from '../../contract/console-settings.ts'
import type { ConsolePageProps } from '../../console-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Action, Field, Form, UploadForm } from '../../parts/form.tsx'
import { hrefTo } from '../../safe-url.ts'

export type LogoFailure = 'picture_missing' | 'picture_too_large' | 'picture_type_unknown' | 'picture_too_many_pixels' | 'picture_broken' | 'precondition_failed'

/** The contrast of a colour that cannot be read comes with one that can. */
export type BrandingFailure =
  | { readonly reason: LogoFailure | 'invalid_color' }
  | { readonly reason: 'contrast_too_low'; readonly ratio: number; readonly suggestion: string }

export interface BrandingProps extends Omit<ConsolePageProps<'logo_saved' | 'logo_removed' | 'color_saved'>, 'error'> {
  logo: { url: string; width: number; height: number } | null
  /** `#rrggbb`, or empty for the usual one; what was typed, when the form comes back. */
  color: string
  error?: BrandingFailure | undefined
}

export function BrandingPage({ logo, color, error, notice, ...page }: BrandingProps): JSX.Element {
  const t = speak(page.frame.locale)
  const words = error === undefined ? undefined : failureWords(t, error)
  const isOfColor = error?.reason === 'invalid_color' || error?.reason === 'contrast_too_low'
  return (
    <ConsoleFrame
      page={page}
      intro={t('branding.intro')}
      done={notice === undefined ? undefined : t(`branding.${notice}`)}
      failure={words === undefined ? undefined : { text: words, fieldId: isOfColor ? brandingFields.color.id : brandingFields.logo.id }}
    >
      <div class="columns">
        <div class="desk-page">
          <Logo logo={logo} form={page.form} error={isOfColor ? undefined : words} t={t} />
          <Color color={color} form={page.form} error={isOfColor ? words : undefined} t={t} />
        </div>
        <Sample name={page.nav.tenant.name} logo={logo} t={t} />
      </div>
    </ConsoleFrame>
  )
}

function failureWords(t: Translate, error: BrandingFailure): string {
  if (error.reason === 'contrast_too_low') return t('settings.error.contrast_too_low', { ratio: error.ratio, suggestion: error.suggestion })
  return error.reason === 'invalid_color' ? t('settings.error.invalid_color') : t(`branding.error.${error.reason}`)
}

interface PartProps {
  form: BrandingProps['form']
  error: string | undefined
  t: Translate
}

function Logo({ logo, form, error, t }: PartProps & Pick<BrandingProps, 'logo'>): JSX.Element {
  const { logo: file, upload, remove } = brandingFields
  return (
    <Panel title={t('branding.logo')}>
      {logo === null ? <p class="quiet-text">{t('branding.logo_none')}</p> : <img class="logo" src={hrefTo(logo.url)} width={logo.width} height={logo.height} alt={t('branding.logo_now')} />}
      <UploadForm form={form}>
        <Field field={file} label={t('branding.logo')} hint={t('branding.logo_hint')} error={error} />
        <div class="panel-acts">
          <Action button={upload} look="main">
            {t('branding.logo_upload')}
          </Action>
          {logo === null ? null : (
            <Action button={remove} look="quiet" leaves>
              {t('branding.logo_remove')}
            </Action>
          )}
        </div>
      </UploadForm>
    </Panel>
  )
}

function Color({ color, form, error, t }: PartProps & Pick<BrandingProps, 'color'>): JSX.Element {
  const { color: field, saveColor, clearColor } = brandingFields
  return (
    <Panel title={t('branding.color')}>
      <Form form={form}>
        <Field field={field} label={t('branding.color')} hint={t('branding.color_hint')} value={color} error={error} />
        <div class="panel-acts">
          <Action button={saveColor} look="main">
            {t('branding.color_save')}
          </Action>
          {color === '' ? null : (
            <Action button={clearColor} look="quiet" leaves>
              {t('branding.color_clear')}
            </Action>
          )}
        </div>
      </Form>
    </Panel>
  )
}

/** As large as life; nothing in it can be pressed. */
function Sample({ name, logo, t }: { name: string; logo: BrandingProps['logo']; t: Translate }): JSX.Element {
  return (
    <Panel title={t('branding.sample')}>
      <div class="sample" inert>
        {logo === null ? null : <img class="logo" src={hrefTo(logo.url)} width={logo.width} height={logo.height} alt="" />}
        <p>
          <b>
            <bdi>{name}</bdi>
          </b>
        </p>
        <span class="button">{t('branding.sample_button')}</span>
        <a href="#content">{t('branding.sample_link')}</a>
      </div>
    </Panel>
  )
}
