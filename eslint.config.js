import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Environment, clocks and randomness enter in a process's main.ts and go down as arguments. */
const ambient = [
  { object: 'process', property: 'env', message: 'Read the environment in main.ts and pass it down.' },
  { object: 'Date', property: 'now', message: 'Take a clock as an argument.' },
  { object: 'Math', property: 'random', message: 'Take a seeded generator as an argument.' },
];

export default defineConfig(
  globalIgnores(['node_modules/', '.tacit/', '.kafka/', 'coverage/', 'services/console/**/*.js']),
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Spreading a string is how code points are counted.
      '@typescript-eslint/no-misused-spread': ['error', { allow: [{ from: 'lib', name: 'string' }] }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Our objects are closures made by factories: a method taken out of one keeps working.
      '@typescript-eslint/unbound-method': 'off',
      // A callback may answer now or later: `() => void | Promise<void>`.
      '@typescript-eslint/no-invalid-void-type': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['schemas/**/*.ts', 'pipelines/**/*.ts', 'services/**/*.ts'],
    ignores: ['services/**/main.ts'],
    rules: { 'no-restricted-properties': ['error', ...ambient] },
  },
  {
    files: ['schemas/**/*.ts', 'pipelines/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'performance', 'setTimeout', 'setInterval', 'fetch'],
    },
  },
  { files: ['**/*.{js,mjs}'], ...tseslint.configs.disableTypeChecked },
);
