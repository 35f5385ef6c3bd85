/** A bundle of its own, loaded when the first report is made: the plotting library is not needed for sending. */
export { renderReport } from './results/report';
