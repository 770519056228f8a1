import type { CheckDefinition, CheckRule, CheckRuleIn } from '@/api'
import type { Key } from '@/ui/i18n'

/** A check as a flat form: every kind uses a few of the fields, and nothing typed is lost while the kind is changed. */
export type Kind = CheckDefinition['kind']
export const KINDS: Record<Kind, { name: Key; says: Key }> = {
  range: { name: '范围', says: '数字应在上下限之间：固定数、目标值的倍数或基础数据（如常住人口）的倍数' },
  jump: { name: '突变', says: '与上期相比，涨得太快、跌得太多或相差太大' },
  sum: { name: '合计', says: '合计与各分项对得上，如 7栏=1栏+4栏；也核对“其中”项' },
  ratio: { name: '比率', says: '两个数相除应在上下限之间，如每公里多少万元' },
  slip: { name: '单位差错', says: '把“万”当成“个”：大了或小了一万倍、一亿倍' },
  siblings: { name: '与同级比', says: '与分到同一任务的其他单位的中位数相差太远，可按人口平均后再比' },
}
export const STATUS: Record<CheckRule['status'], { name: Key; tone: 'green' | 'yellow' | 'grey' }> = {
  draft: { name: '草稿', tone: 'yellow' },
  active: { name: '启用中', tone: 'green' },
  retired: { name: '已停止使用', tone: 'grey' },
  void: { name: '已作废', tone: 'grey' },
}
export const FACTORS: [string, Key][] = [
  ['100', '一百倍'],
  ['1000', '一千倍'],
  ['10000', '一万倍'],
  ['100000000', '一亿倍'],
]

export interface Form {
  name: string
  severity: 'stop' | 'warn'
  message: string
  programme: string
  indicators: string[]
  items: string[]
  units: string[]
  measures: string
  kind: Kind
  figure: 'value' | 'current'
  relative: 'none' | 'target' | 'base'
  against: 'target' | 'last' | 'base'
  base: string
  low: string
  high: string
  difference: string
  ofWhich: boolean
  total: string
  parts: string[]
  operator: 'eq' | 'le' | 'ge'
  tolerance: string
  over: string
  under: string
  factors: string[]
  least: number
}
export const blank = (): Form => ({
  name: '',
  severity: 'warn',
  message: '',
  programme: '',
  indicators: [],
  items: [],
  units: [],
  measures: '',
  kind: 'range',
  figure: 'value',
  relative: 'none',
  against: 'target',
  base: '',
  low: '',
  high: '',
  difference: '',
  ofWhich: true,
  total: '',
  parts: [],
  operator: 'eq',
  tolerance: '',
  over: '',
  under: '',
  factors: ['10000', '100000000'],
  least: 3,
})

/** The form of a rule as it is kept. */
export function formOf(rule: CheckRule): Form {
  const d = rule.definition
  const form: Form = {
    ...blank(),
    name: rule.name,
    severity: rule.severity,
    message: rule.message ?? '',
    programme: rule.programme_id ?? '',
    indicators: rule.applies.indicators ?? [],
    items: rule.applies.items ?? [],
    units: rule.applies.units ?? [],
    measures: (rule.applies.measures ?? []).join('、'),
    kind: d.kind,
    figure: d.figure ?? 'value',
  }
  if ('low' in d) form.low = d.low ?? ''
  if ('high' in d) form.high = d.high ?? ''
  if ('base_kind' in d) form.base = d.base_kind ?? ''
  if (d.kind === 'range') form.relative = d.relative_to ?? 'none'
  if (d.kind === 'jump') form.difference = d.difference ?? ''
  if (d.kind === 'slip') Object.assign(form, { against: d.against ?? 'target', factors: d.factors ?? form.factors })
  if (d.kind === 'siblings') form.least = d.least ?? 3
  if (d.kind === 'ratio') Object.assign(form, { over: d.over, under: d.under })
  if (d.kind === 'sum')
    Object.assign(form, {
      ofWhich: !d.total,
      total: d.total ?? '',
      parts: d.parts ?? [],
      operator: d.operator ?? 'eq',
      tolerance: d.tolerance === '0' ? '' : (d.tolerance ?? ''),
    })
  return form
}

const bound = (text: string): string | null => text.trim() || null
export function definitionOf(form: Form): CheckDefinition {
  const { figure } = form
  const bounds = { figure, low: bound(form.low), high: bound(form.high) }
  const base = bound(form.base)
  switch (form.kind) {
    case 'range':
      return { kind: 'range', ...bounds, relative_to: form.relative, base_kind: form.relative === 'base' ? base : null }
    case 'jump':
      return { kind: 'jump', ...bounds, difference: bound(form.difference) }
    case 'sum':
      return {
        kind: 'sum',
        figure,
        operator: form.operator,
        tolerance: bound(form.tolerance) ?? '0',
        ...(form.ofWhich ? {} : { total: form.total || null, parts: form.parts }),
      }
    case 'ratio':
      return { kind: 'ratio', ...bounds, over: form.over, under: form.under }
    case 'slip':
      return {
        kind: 'slip',
        figure,
        against: form.against,
        base_kind: form.against === 'base' ? base : null,
        factors: form.factors,
        ...(bounds.low ? { low: bounds.low } : {}),
        ...(bounds.high ? { high: bounds.high } : {}),
      }
    case 'siblings':
      return { kind: 'siblings', ...bounds, base_kind: base, least: form.least }
  }
}
/** What is sent. */
export function bodyOf(form: Form, unit: string): CheckRuleIn {
  return {
    unit_id: unit,
    programme_id: form.programme || null,
    name: form.name.trim(),
    severity: form.severity,
    message: form.message.trim() || null,
    definition: definitionOf(form),
    applies: {
      indicators: form.kind === 'ratio' || (form.kind === 'sum' && !form.ofWhich) ? [] : form.indicators,
      items: form.items,
      units: form.units,
      measures: form.measures.split(/[、,，\s]+/).filter(Boolean),
    },
  }
}
/** The field of the form a refusal belongs to: `/definition/jump/high` → `high`. */
export const fieldOf = (pointer: string): string =>
  pointer
    .split('/')
    .filter((p) => p && !/^\d+$/.test(p))
    .pop() ?? ''
