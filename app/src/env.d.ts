interface ImportMetaEnv {
  /** Of the built product; absent while developing. */
  readonly BITSCAPE_VERSION?: string;
}
