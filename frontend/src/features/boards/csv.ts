/**
 * Text that Excel and WPS open as a table. A cell that starts like a formula is text somebody typed into a cause or a name;
 * opened as it is, it would run on the reader's PC. Figures keep their minus.
 */
const FORMULA = /^[\t\r\n ]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212|%]/
const FIGURE = /^-?\d{1,15}(\.\d+)?%?$/

export function csvCell(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = FORMULA.test(text) && !FIGURE.test(text) ? `'${text}` : text
  return /[",\r\n\t]|^[ ']|\s$/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}
/** With the mark that tells Excel the text is UTF-8, and its line ends. */
export const csv = (rows: (string | number | null | undefined)[][]): string =>
  '\uFEFF' + rows.map((row) => row.map(csvCell).join(',') + '\r\n').join('')

export function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
