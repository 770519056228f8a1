import { describe, expect, it } from 'vitest'
import { Sha256 } from '@/ui/sha256'

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

describe('SHA-256 in pieces', () => {
  it('agrees with the platform for every length around the blocks, however the bytes arrive', async () => {
    for (const size of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 100_003]) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7919 + size) % 251)
      const ours = new Sha256()
      for (let at = 0; at < size; at += 37) ours.add(bytes.subarray(at, at + 37))
      expect(ours.done(), String(size)).toBe(hex(await crypto.subtle.digest('SHA-256', bytes)))
    }
  })
})
