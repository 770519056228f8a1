import type { CalendarDay } from '@/api'
import type { Key } from '@/ui/i18n'

export const KINDS: Record<CalendarDay['kind'], Key> = {
  workday: '工作日',
  weekend: '周末',
  holiday: '节假日',
  makeup: '周末上班',
}
/** Holidays of one month by name, as "春节 15—23日": days that follow each other are one stretch. */
export function holidays(days: CalendarDay[], month: number): { name: string; from: number; to: number }[] {
  const found: { name: string; from: number; to: number }[] = []
  for (const day of days) {
    if (Number(day.on.slice(5, 7)) !== month || day.working || !day.name) continue
    const at = Number(day.on.slice(8))
    const last = found.at(-1)
    if (last?.name === day.name && last.to === at - 1) last.to = at
    else found.push({ name: day.name, from: at, to: at })
  }
  return found
}
type Cell = CalendarDay | undefined

/** Twelve month sheets with weeks from Monday; days of other months are empty. */
export function sheets(days: CalendarDay[]): { month: number; weeks: Cell[][] }[] {
  const found: { month: number; weeks: Cell[][] }[] = []
  for (const day of days) {
    const month = Number(day.on.slice(5, 7))
    const column = (new Date(`${day.on}T00:00:00Z`).getUTCDay() + 6) % 7
    let sheet = found[found.length - 1]
    if (sheet?.month !== month) {
      sheet = { month, weeks: [] }
      found.push(sheet)
    }
    if (column === 0 || !sheet.weeks.length) sheet.weeks.push(Array<Cell>(7).fill(undefined))
    const week = sheet.weeks[sheet.weeks.length - 1]
    if (week) week[column] = day
  }
  return found
}

/** Lines of a typed notice: "2027-01-01 放假 元旦"; anything else is named by its line. */
export function readDays(text: string): {
  days: { day: string; kind: 'holiday' | 'workday'; name: string }[]
  wrong: number[]
} {
  const days: { day: string; kind: 'holiday' | 'workday'; name: string }[] = []
  const wrong: number[] = []
  text.split(/\r?\n/).forEach((line, index) => {
    if (!line.trim()) return
    const m = /^\s*(\d{4}-\d{2}-\d{2})\s+(放假|上班)\s+(\S.*?)\s*$/.exec(line)
    if (m?.[1] && m[3]) days.push({ day: m[1], kind: m[2] === '放假' ? 'holiday' : 'workday', name: m[3] })
    else wrong.push(index + 1)
  })
  return { days, wrong }
}
