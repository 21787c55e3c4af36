// Reading tables of times, apart from what measures them: it brings a schema's library along.

export { givenTimes, parseLatencyTable } from "@bitscape/engine";
