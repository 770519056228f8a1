import type { RuleSet } from '@/api'
import type { Key } from '@/ui/i18n'

export const RULE_STATUS: Record<RuleSet['status'], { name: Key; tone: 'green' | 'yellow' | 'grey' }> = {
  draft: { name: '草稿', tone: 'yellow' },
  active: { name: '启用中', tone: 'green' },
  retired: { name: '已停止使用', tone: 'grey' },
  void: { name: '已作废', tone: 'grey' },
}
