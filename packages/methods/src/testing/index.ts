// What tests of other packages use too. Nothing that ships imports this.

export { bruteForce, randomProgram } from "./programs.ts";
