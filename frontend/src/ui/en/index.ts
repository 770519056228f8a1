import { attachments } from './attachments'
import { boards } from './boards'
import { changes } from './changes'
import { checks } from './checks'
import { deviations } from './deviations'
import { entry } from './entry'
import { files } from './files'
import { milestones } from './milestones'
import { money } from './money'
import { org } from './org'
import { pledges } from './pledges'
import { programmes } from './programmes'
import { reporting } from './reporting'
import { review } from './review'
import { rounds } from './rounds'
import { rules } from './rules'
import { shell } from './shell'
import { silence } from './silence'
import { templates } from './templates'

/** One file a feature, so that two authors never edit the same lines. */
export const en = {
  ...shell,
  ...entry,
  ...files,
  ...review,
  ...reporting,
  ...programmes,
  ...pledges,
  ...boards,
  ...rounds,
  ...deviations,
  ...changes,
  ...org,
  ...milestones,
  ...templates,
  ...rules,
  ...silence,
  ...attachments,
  ...checks,
  ...money,
}
