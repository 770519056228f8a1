/** One chunk for payments: whoever opens one of these screens opens the next one, too. */
export { default as AccountScreen } from './AccountScreen.vue'
export { default as BatchScreen } from './BatchScreen.vue'
export { default as PayDesk } from './PayDesk.vue'
export { default as PaymentForm } from './PaymentForm.vue'
export { default as PaymentPage } from './PaymentPage.vue'
export { default as PaymentScreen } from './PaymentScreen.vue'
