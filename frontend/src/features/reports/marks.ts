import { t } from '@/ui/i18n'
import { concerns, lockReason, shown, type Column, type Line, type Mark } from './lines'
import type { Entry } from './outbox'

/** What a cell has to say: of the words of this person first, then what the server says about what it has. */
export function markOf(
  line: Line,
  col: Column,
  entry: Entry | undefined,
  { offline, saved }: { offline: boolean; saved: boolean },
): Mark | undefined {
  if (entry?.state === 'conflict')
    return {
      kind: 'conflict',
      text: t('{by}在您填写时改成了 {value}', { by: entry.by || t('他人'), value: shown(entry.theirs) }),
      clash: entry,
    }
  if (entry?.state === 'refused') return { kind: 'invalid', text: entry.message ?? t('未保存') }
  if (entry) return { kind: 'waiting', text: offline ? t('已存本机，等待网络') : t('正在保存') }
  if (!line.open) return { kind: 'locked', text: lockReason(line.row) }
  // What only has to be explained is no fault of the figure: the warning beside it says so.
  const stop = line.row.problems.find((p) => p.code !== 'explanation-missing' && concerns(p.pointer, line, col))
  if (stop) return { kind: 'required', text: stop.message }
  const warn = line.row.warnings.find((p) => concerns(p.pointer, line, col))
  if (warn) return { kind: 'warning', text: warn.message }
  if (saved) return { kind: 'saved', text: t('已保存') }
  const empty = line.cell.kind === 'ratio' && col === 'current' ? line.current === null : line.value === null
  if ((col === 'current' || col === 'value') && empty) return { kind: 'required', text: t('待填') }
  if (line.row.behind && ((col === 'cause' && !line.cause) || (col === 'note' && !line.note)))
    return { kind: 'required', text: t('落后须写原因') }
  return undefined
}
