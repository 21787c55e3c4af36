// The operators of ai.onnx.ml to version 5 (trees, scalers, vectorizers), with the versions that changed them.
// Source: onnx 1.23, onnx.defs.get_all_schemas_with_history().

export const mlOps = {
  ArrayFeatureExtractor: [1],
  Binarizer: [1],
  CastMap: [1],
  CategoryMapper: [1],
  DictVectorizer: [1],
  FeatureVectorizer: [1],
  Imputer: [1],
  LabelEncoder: [1, 2, 4],
  LinearClassifier: [1],
  LinearRegressor: [1],
  Normalizer: [1],
  OneHotEncoder: [1],
  SVMClassifier: [1],
  SVMRegressor: [1],
  Scaler: [1],
  TreeEnsemble: [5],
  TreeEnsembleClassifier: [1, 3, 5],
  TreeEnsembleRegressor: [1, 3, 5],
  ZipMap: [1],
} as const satisfies Record<string, readonly number[]>;
