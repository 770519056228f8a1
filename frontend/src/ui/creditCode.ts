import { t } from './i18n'

/** GB 32100: seventeen characters without I, O, S, V, Z and one check character. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** What is wrong with a unified social credit code, in words; nothing while it may still become right. */
export function creditFault(typed: string, done: boolean): string {
  const code = typed.normalize('NFKC').trim().toUpperCase()
  const odd = [...code].find((c) => !ALPHABET.includes(c))
  if (odd) return t('信用代码里没有“{c}”这个字符', { c: odd })
  if (code.length > 18) return t('信用代码是 18 位，多了 {n} 位', { n: code.length - 18 })
  if (code.length < 18) return done && code ? t('信用代码是 18 位，还差 {n} 位', { n: 18 - code.length }) : ''
  let sum = 0
  let weight = 1
  for (const c of code.slice(0, 17)) {
    sum += ALPHABET.indexOf(c) * weight
    weight = (weight * 3) % 31
  }
  return ALPHABET[(31 - (sum % 31)) % 31] === code[17] ? '' : t('校验位不对，请核对信用代码')
}
