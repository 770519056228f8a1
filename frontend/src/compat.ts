// Built-ins that libraries call and Chromium 80-92 lacks; syntax is lowered by the build, these are not.
/* eslint-disable @typescript-eslint/no-explicit-any */
const o = Object as any
if (!o.hasOwn) o.hasOwn = (target: object, key: PropertyKey) => Object.prototype.hasOwnProperty.call(target, key)
for (const proto of [Array.prototype, String.prototype] as any[])
  if (!proto.at)
    Object.defineProperty(proto, 'at', {
      value(this: any, index: number) {
        const i = Math.trunc(index) || 0
        return this[i < 0 ? this.length + i : i]
      },
      writable: true,
      configurable: true,
    })
const s = String.prototype as any
if (!s.replaceAll)
  Object.defineProperty(s, 'replaceAll', {
    value(this: string, find: string | RegExp, put: string) {
      return typeof find === 'string' ? this.split(find).join(put) : this.replace(find, put)
    },
    writable: true,
    configurable: true,
  })
export {}
