/**
 * Owns the rules that a linter can keep; the rules of the house itself are test/tidy.test.ts's.
 * No comment in a file can switch a rule off: a rule that is wrong is corrected here, for all.
 */
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const noCasts = {
  '@typescript-eslint/no-explicit-any': 'error',
  // `as const` stays allowed under "never".
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
}

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.data/', '**/*.js', '**/*.mjs'] },
  { linterOptions: { noInlineConfig: true, reportUnusedInlineConfigs: 'error' } },
  {
    files: ['{src,views,test,bench,examples}/**/*.{ts,tsx}', '*.config.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...noCasts,
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Short arrow functions that only call something read better without braces.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Marked as deprecated only to stand out: an example on this machine has no TLS.
      '@typescript-eslint/no-deprecated': ['error', { allow: [{ from: 'package', package: 'openid-client', name: 'allowInsecureRequests' }] }],
      eqeqeq: 'error',
      'max-params': ['error', 3],
    },
  },
  {
    files: ['{src,views}/**/*.{ts,tsx}'],
    ignores: ['src/cli/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/base/config.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Read it in src/base/config.ts and take a Config.' }],
    },
  },
  {
    files: ['{test,bench}/**/*.{ts,tsx}'],
    rules: {
      'max-params': 'off',
      // Matchers, query rows and bodies of answers are of type any by their libraries; the assertion that follows checks them.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Handlers and fakes must often be async to fit a type.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
)
