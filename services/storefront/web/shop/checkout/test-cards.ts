/** The sandbox provider's tokens, shown as the cards they stand for. No number of a card is ever asked for or sent. */
export const testCards = [
  { token: 'tok_ok', name: 'Card that pays', digits: '4242', says: 'The payment goes through.' },
  { token: 'tok_declined', name: 'Declined card', digits: '0002', says: 'The bank says no.' },
  { token: 'tok_insufficient_funds', name: 'Empty card', digits: '9995', says: 'There is not enough money on it.' },
  { token: 'tok_slow', name: 'Slow card', digits: '3063', says: 'The bank takes its time.' },
  {
    token: 'tok_timeout_after_charge',
    name: 'Card that goes silent',
    digits: '0341',
    says: 'The bank pays, and its answer gets lost.',
  },
] as const
