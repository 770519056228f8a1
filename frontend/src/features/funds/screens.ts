/** One chunk for the ledger: its parts are small, and the list of chunks travels with every first load. */
export { default as FundScreen } from './FundScreen.vue'
export { default as LinePage } from './LinePage.vue'
