import { boards } from './boards'
import { entry } from './entry'
import { org } from './org'
import { pledges } from './pledges'
import { programmes } from './programmes'
import { review } from './review'
import { shell } from './shell'

/** One file a feature, so that two authors never edit the same lines. */
export const en = { ...shell, ...entry, ...review, ...programmes, ...pledges, ...boards, ...org }
