import { boards } from './boards'
import { changes } from './changes'
import { deviations } from './deviations'
import { entry } from './entry'
import { milestones } from './milestones'
import { org } from './org'
import { pledges } from './pledges'
import { programmes } from './programmes'
import { review } from './review'
import { rules } from './rules'
import { shell } from './shell'
import { templates } from './templates'

/** One file a feature, so that two authors never edit the same lines. */
export const en = {
  ...shell,
  ...entry,
  ...review,
  ...programmes,
  ...pledges,
  ...boards,
  ...deviations,
  ...changes,
  ...org,
  ...milestones,
  ...templates,
  ...rules,
}
