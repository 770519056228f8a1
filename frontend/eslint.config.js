import { readdirSync } from 'node:fs'
import tseslint from 'typescript-eslint'
import vue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'

const FEATURES = readdirSync(new URL('./src/features', import.meta.url))

/** Imports run one way: api, ui <- features <- app. Features never know each other. */
const forbid = (...group) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [{ group, message: 'imports run api, ui <- features <- app; features never import each other' }] },
  ],
})

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/api/gen', 'src/components.d.ts'] },
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  ...a11y.configs['flat/recommended'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      // Prettier owns the layout of templates.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multi-word-component-names': 'off',
      // FormField draws the label and ties it to the control in its slot.
      'vuejs-accessibility/form-control-has-label': ['error', { labelComponents: ['FormField'] }],
      // A label that wraps its input is enough for every browser and screen reader we target.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },
  { files: ['src/api/**'], rules: forbid('@/ui/*', '@/features/*', '@/app/*') },
  { files: ['src/ui/**'], rules: forbid('@/features/*', '@/app/*') },
  ...FEATURES.map((name) => ({
    files: [`src/features/${name}/**`],
    rules: forbid(
      '@/app/*',
      '../../*',
      '@/api/*/*',
      '../*',
      ...FEATURES.filter((n) => n !== name).map((n) => `@/features/${n}/*`),
    ),
  })),
)
