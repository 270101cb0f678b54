import type { OxlintConfig } from 'oxlint';
import { DEFAULT_RESTRICTIONS, importOverrides } from './scripts/import-rules.ts';

const config: OxlintConfig = {
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'unicorn/prefer-node-protocol': 'error',

    // Names that MongoDB, Zod and tRPC give.
    'eslint/no-underscore-dangle': [
      'error',
      { allow: ['_id', '_data', '_zod', '_def', '_config', '_worker', '_one', '_other'] },
    ],
    // What happens one after the other here does so on purpose: retries, cursors, pages.
    'eslint/no-await-in-loop': 'off',
    // A cast is judged by the reason written beside it, which no rule can read.
    'typescript/no-unsafe-type-assertion': 'off',
    // A copy is what is meant where one is written.
    'oxc/no-map-spread': 'off',
    // It does not see what a callback changes.
    'eslint/no-unmodified-loop-condition': 'off',
    // The compiler knows an exhaustive switch, this rule does not.
    'typescript/consistent-return': 'off',
    // A small function may stand beside its only use.
    'unicorn/consistent-function-scoping': 'off',
    // Style sheets and type augmentations have nothing to assign.
    'import/no-unassigned-import': 'off',
    // fast-check is written `fc.string()`, as its own documentation has it.
    'import/no-named-as-default-member': 'off',

    'eslint/no-restricted-imports': ['error', DEFAULT_RESTRICTIONS],
  },
  overrides: [
    ...importOverrides(),
    {
      files: ['**/*.test.{ts,tsx}', '**/*.test-d.ts', '**/vitest.config.ts', 'packages/repository/test/**'],
      rules: { 'eslint/no-restricted-imports': 'off' },
    },
    {
      files: ['scripts/**'],
      rules: {
        // The root has no dependency on a package: one would make every package's cache hang on it.
        'eslint/no-restricted-imports': 'off',
      },
    },
    {
      files: ['apps/console/**'],
      plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'react', 'jsx-a11y'],
      rules: {
        'react/rules-of-hooks': 'error',
        'react/exhaustive-deps': 'error',
        // The compiler brings React's runtime into scope.
        'react/react-in-jsx-scope': 'off',
        // TanStack Table is given its cells as functions.
        'react/no-unstable-nested-components': 'off',
        // A live region is no output of a form, and a drawing of our own no image file.
        'jsx-a11y/prefer-tag-over-role': 'off',
        // A page whose one purpose is a field begins in it.
        'jsx-a11y/no-autofocus': 'off',
        // Pieces of a text have no other name than their place, and never change it.
        'react/no-array-index-key': 'off',
      },
    },
  ],
  ignorePatterns: ['**/coverage/**', '**/coverage-unit/**', '**/dist/**', '**/dist-test/**'],
};

export default config;
