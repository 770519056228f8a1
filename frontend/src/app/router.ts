import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import { useSession } from '@/api/daily'
import { whenUnauthorised } from '@/api/client'
import { t, type Key } from '@/ui/i18n'

declare module 'vue-router' {
  interface RouteMeta {
    title: Key
    /** Drawn without the shell. */
    bare?: boolean
    /** Open without a session. */
    open?: boolean
    /** Path of the screen above, for the breadcrumb. */
    parent?: string
  }
}

// Said once each: the words that fetch a chunk are part of every first load.
const funds = () => import('@/features/funds/screens')
const payments = () => import('@/features/payments/screens')

/** One lazy chunk a route. A screen reads its filters and period from the query, never from a store. */
export const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    component: () => import('@/features/session/Login.vue'),
    meta: { title: '登录', bare: true, open: true },
  },
  { path: '/', component: () => import('@/features/workbench/Workbench.vue'), meta: { title: '工作台' } },
  { path: '/reports', component: () => import('@/features/reports/EntryScreen.vue'), meta: { title: '填报' } },
  { path: '/review', component: () => import('@/features/review/ReviewDesk.vue'), meta: { title: '审核台' } },
  { path: '/silence', component: () => import('@/features/silence/SilenceScreen.vue'), meta: { title: '催报' } },
  {
    path: '/programmes',
    component: () => import('@/features/programmes/ProgrammeList.vue'),
    meta: { title: '计划与指标' },
  },
  {
    path: '/programmes/:id',
    component: () => import('@/features/programmes/ProgrammeEditor.vue'),
    props: true,
    meta: { title: '计划', parent: '/programmes' },
  },
  {
    path: '/programmes/:id/cadences',
    component: () => import('@/features/rounds/CadenceScreen.vue'),
    props: true,
    meta: { title: '填报周期', parent: '/programmes' },
  },
  { path: '/rounds', component: () => import('@/features/rounds/RoundScreen.vue'), meta: { title: '填报期' } },
  {
    path: '/programmes/:id/split',
    component: () => import('@/features/programmes/SplitEditor.vue'),
    props: true,
    meta: { title: '任务分解', parent: '/programmes' },
  },
  {
    path: '/milestones',
    component: () => import('@/features/milestones/MilestoneScreen.vue'),
    meta: { title: '节点与工期' },
  },
  {
    path: '/milestones/templates',
    component: () => import('@/features/milestones/TemplateScreen.vue'),
    meta: { title: '节点模板', parent: '/milestones' },
  },
  { path: '/calendar', component: () => import('@/features/calendar/CalendarScreen.vue'), meta: { title: '日历' } },
  { path: '/rules', component: () => import('@/features/rules/RuleList.vue'), meta: { title: '亮灯规则' } },
  {
    path: '/rules/:id',
    component: () => import('@/features/rules/RuleEditor.vue'),
    props: true,
    meta: { title: '一套规则', parent: '/rules' },
  },
  { path: '/checks', component: () => import('@/features/checks/CheckList.vue'), meta: { title: '核对规则' } },
  {
    path: '/checks/:id',
    component: () => import('@/features/checks/CheckEditor.vue'),
    props: true,
    meta: { title: '一条核对规则', parent: '/checks' },
  },
  {
    path: '/changes',
    component: () => import('@/features/programmes/ChangesScreen.vue'),
    meta: { title: '调整与状态' },
  },
  {
    path: '/programmes/:id/diff',
    component: () => import('@/features/programmes/ProgrammeDiff.vue'),
    props: true,
    meta: { title: '与上年比较', parent: '/programmes' },
  },
  {
    path: '/programmes/:id/comments',
    component: () => import('@/features/programmes/CommentsPage.vue'),
    props: true,
    meta: { title: '征求意见', parent: '/programmes' },
  },
  { path: '/pledges', component: () => import('@/features/pledges/PledgeList.vue'), meta: { title: '目标责任书' } },
  {
    path: '/pledges/:id',
    component: () => import('@/features/pledges/PledgePage.vue'),
    props: true,
    meta: { title: '一份责任书', parent: '/pledges' },
  },
  {
    path: '/deviations',
    component: () => import('@/features/deviations/DeviationList.vue'),
    meta: { title: '数据偏差' },
  },
  {
    path: '/deviations/figures',
    component: () => import('@/features/deviations/FigureBook.vue'),
    meta: { title: '上级口径的数', parent: '/deviations' },
  },
  {
    path: '/deviations/verifications',
    component: () => import('@/features/deviations/VerificationBook.vue'),
    meta: { title: '核实记录', parent: '/deviations' },
  },
  {
    path: '/deviations/:id',
    component: () => import('@/features/deviations/DeviationPage.vue'),
    props: true,
    meta: { title: '一次偏差', parent: '/deviations' },
  },
  {
    path: '/funds',
    component: () => funds().then((m) => m.FundScreen),
    meta: { title: '资金台账' },
  },
  {
    path: '/funds/:id',
    component: () => funds().then((m) => m.LinePage),
    props: true,
    meta: { title: '一项资金', parent: '/funds' },
  },
  {
    path: '/payments',
    component: () => payments().then((m) => m.PaymentScreen),
    meta: { title: '资金拨付' },
  },
  {
    path: '/payments/pay',
    component: () => payments().then((m) => m.PayDesk),
    meta: { title: '支付登记', parent: '/payments' },
  },
  {
    path: '/payments/new',
    component: () => payments().then((m) => m.PaymentForm),
    meta: { title: '申请拨付', parent: '/payments' },
  },
  {
    path: '/payments/:id',
    component: () => payments().then((m) => m.PaymentPage),
    props: true,
    meta: { title: '一笔拨付', parent: '/payments' },
  },
  {
    path: '/payments/:id/edit',
    component: () => payments().then((m) => m.PaymentForm),
    props: true,
    meta: { title: '修改拨付申请', parent: '/payments' },
  },
  {
    path: '/subsidies',
    component: () => payments().then((m) => m.BatchScreen),
    meta: { title: '补贴发放' },
  },
  {
    path: '/accounts',
    component: () => payments().then((m) => m.AccountScreen),
    meta: { title: '账户与收款单位' },
  },
  { path: '/dash', component: () => import('@/features/boards/Dashboard.vue'), meta: { title: '驾驶舱' } },
  { path: '/units', component: () => import('@/features/org/UnitTree.vue'), meta: { title: '机构' } },
  { path: '/people', component: () => import('@/features/org/People.vue'), meta: { title: '人员与授权' } },
  { path: '/settings', component: () => import('@/features/settings/SettingsPage.vue'), meta: { title: '设置' } },
  { path: '/help', component: () => import('@/features/help/HelpPage.vue'), meta: { title: '帮助' } },
  { path: '/:rest(.*)*', component: () => import('./NotFound.vue'), meta: { title: '没有这个页面' } },
]

export function makeRouter(): Router {
  const router = createRouter({ history: createWebHistory(), routes })
  router.beforeEach(async (to) => {
    const session = useSession()
    if (!session.known) await session.load()
    if (to.meta.open) return session.me && to.path === '/login' ? '/' : true
    if (!session.me) return { path: '/login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
    // An initial password is a shared secret; nothing else opens until it is changed.
    if (session.me.must_change_password && to.path !== '/settings')
      return { path: '/settings', query: { password: '1' } }
    return true
  })
  router.afterEach((to) => {
    document.title = `${t(to.meta.title)} · ${t('民生实事')}`
  })
  whenUnauthorised(() => {
    const here = router.currentRoute.value
    useSession().forget()
    if (!here.meta.open) void router.push({ path: '/login', query: { next: here.fullPath } })
  })
  // After an upgrade the old chunks are gone; one reload fetches the new page instead of showing nothing.
  router.onError((error, to) => {
    if (/dynamically imported module|Importing a module/.test(String(error)) && navigator.onLine)
      location.assign(to.fullPath)
  })
  return router
}
