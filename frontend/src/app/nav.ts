import type { PermissionName } from '@/api'
import type { Key } from '@/ui/i18n'

/** One row of the left navigation. `needs`: any of these permissions shows it; none listed means everyone. */
export interface NavItem {
  path: string
  title: Key
  icon: string
  needs: PermissionName[]
}
export interface NavGroup {
  title: Key
  items: NavItem[]
}

// Icons are 20 × 20 stroke paths: sixteen of them weigh less than one icon font request.
export const NAV: NavGroup[] = [
  {
    title: '日常',
    items: [
      { path: '/', title: '工作台', needs: [], icon: 'M3 9.2 10 3.5l7 5.7M5 8v8.5h10V8M8.2 16.5v-5h3.6v5' },
      {
        path: '/reports',
        title: '填报',
        needs: ['report.edit'],
        icon: 'M4.5 3.5h11v13h-11zM7 7.2h6M7 10.2h6M7 13.2h3.4',
      },
      {
        path: '/review',
        title: '审核台',
        needs: ['report.review', 'report.accept'],
        icon: 'M4 10.4 8.2 14.5 16.2 5.8',
      },
      {
        path: '/silence',
        title: '催报',
        needs: ['report.chase', 'round.edit', 'journal.read'],
        icon: 'M5.5 13.500V9a4.500 4.500 0 0 1 9 0v4.500l1.500 1.500H4zM8.500 16.500h3',
      },
    ],
  },
  {
    title: '统筹',
    items: [
      {
        path: '/dash',
        title: '驾驶舱',
        needs: ['board.read'],
        icon: 'M3.5 16.5h13M5.5 16v-5M10 16V4.5M14.5 16V8.5',
      },
      {
        path: '/deviations',
        title: '数据偏差',
        needs: ['deviation.answer', 'deviation.settle', 'journal.read'],
        icon: 'M4 7.500h12M4 12.500h12M13.500 4l-7 12',
      },
      {
        path: '/programmes',
        title: '计划与指标',
        needs: ['programme.read'],
        icon: 'M5 4.5v11M5 7h4.5M5 14h4.5M9.5 4.8h6v4.4h-6zM9.5 11.8h6v4.4h-6z',
      },
      {
        path: '/rounds',
        title: '填报期',
        needs: ['round.edit', 'journal.read'],
        icon: 'M4 5.5h12v11H4zM4 8.8h12M7.2 3.500V7M12.8 3.500V7M7 12.800l2 2 4-4',
      },
      {
        path: '/milestones',
        title: '节点与工期',
        needs: ['task.read'],
        icon: 'M3.5 5h6M6.5 10h6M10.5 15h6',
      },
      {
        path: '/calendar',
        title: '日历',
        needs: ['unit.read'],
        icon: 'M4 5.5h12v11H4zM4 8.8h12M7.2 3.5V7M12.8 3.5V7',
      },
      {
        path: '/rules',
        title: '亮灯规则',
        needs: ['rule.edit', 'journal.read'],
        icon: 'M7 3.5h6v13H7zM10 6.2v.1M10 10v.1M10 13.800v.1M7 3.500h6',
      },
      {
        path: '/checks',
        title: '核对规则',
        needs: ['rule.edit', 'report.review', 'journal.read'],
        icon: 'M4 4.5h8v12H4zM6.500 8h3M6.500 11h2M11 12.500l2.300 2.300L17 9.500',
      },
      {
        path: '/changes',
        title: '调整与状态',
        needs: ['change.ask', 'change.decide', 'pledge.sign', 'journal.read'],
        icon: 'M4 7h9.500M11 4.500 13.500 7 11 9.500M16 13H6.500M9 10.500 6.500 13 9 15.500',
      },
      {
        path: '/pledges',
        title: '目标责任书',
        needs: ['pledge.sign', 'pledge.edit'],
        icon: 'M5 3.5h7l3 3v10H5zM12 3.500v3h3M7.500 10h5M7.500 13h2.500',
      },
    ],
  },
  {
    title: '资金',
    items: [
      {
        path: '/funds',
        title: '资金台账',
        needs: ['fund.read'],
        icon: 'M6 4.5l4 5 4-5M10 9.500v7M6.500 10.500h7M6.500 13.500h7',
      },
      {
        path: '/payments',
        title: '资金拨付',
        needs: ['fund.read'],
        icon: 'M3.500 6h13v9h-13zM3.500 9h13M11.500 12.500h2.500',
      },
      {
        path: '/subsidies',
        title: '补贴发放',
        needs: ['fund.read'],
        icon: 'M7 8.500a2.500 2.500 0 1 0 5 0 2.500 2.500 0 1 0-5 0M4 16c.5-2.500 2.500-4 5.500-4s5 1.500 5.500 4M14 6h3.500',
      },
      {
        path: '/accounts',
        title: '账户与收款单位',
        needs: ['payee.edit', 'account.reveal'],
        icon: 'M3.500 8 10 4l6.500 4zM5.500 8v6M10 8v6M14.500 8v6M3.500 16.500h13',
      },
    ],
  },
  {
    title: '管理',
    items: [
      {
        path: '/units',
        title: '机构',
        needs: ['unit.edit', 'figure.edit'],
        icon: 'M7.5 3.5h5v4h-5zM3 13h5v3.5H3zM12 13h5v3.5h-5zM10 7.5v3M5.5 13v-2.5h9V13',
      },
      {
        path: '/people',
        title: '人员与授权',
        needs: ['user.read', 'user.edit', 'grant.edit'],
        icon: 'M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.5c.4-3 2.8-4.6 6-4.6s5.600 1.600 6 4.600',
      },
    ],
  },
]
