import type { Axis, Unit } from '@/api'
import type { Key } from '@/ui/i18n'

export const UNIT_KINDS: Record<Unit['kind'], Key> = {
  government: '政府',
  department: '部门',
  township: '乡镇街道',
  park: '园区',
  vertical: '垂管单位',
  village: '村社区',
  grid: '网格',
}
export const TIERS: Record<Unit['tier'], Key> = {
  province: '省级',
  city: '市级',
  county: '县级',
  township: '乡级',
  village: '村级',
  grid: '网格级',
}
export const AXES: { axis: Axis; name: Key; hint: Key }[] = [
  { axis: 'area', name: '块', hint: '授权机构及其下级的全部事项' },
  { axis: 'line', name: '条', hint: '本部门牵头的事项，在各地都看得到' },
  { axis: 'hand', name: '可授予', hint: '自己不用，但可以授给别人' },
]
/** Permissions in the order of work, by the word before the dot. */
export const GROUPS: { title: Key; areas: string[] }[] = [
  { title: '机构与人员', areas: ['unit', 'user', 'role', 'grant'] },
  { title: '计划与任务', areas: ['programme', 'task', 'plan'] },
  { title: '填报与审核', areas: ['round', 'report'] },
  { title: '查看与留痕', areas: ['board', 'journal'] },
]
