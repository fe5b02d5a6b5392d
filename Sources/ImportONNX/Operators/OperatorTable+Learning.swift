/// Classical machine learning, and the steps of training.
extension OperatorTable {
  static let machineLearning: [OperatorRow] = [
    .init("LinearRegressor", since: 1, domain: "ai.onnx.ml", lowerLinearRegressor),
    .init("LinearClassifier", since: 1, domain: "ai.onnx.ml", lowerLinearClassifier),
    .init("Scaler", since: 1, domain: "ai.onnx.ml", lowerScaler),
    .init("Normalizer", since: 1, domain: "ai.onnx.ml", lowerNormalizer),
    .init("TfIdfVectorizer", since: 9, takes: .strings, lowerTfIdfVectorizer),
    .init("Binarizer", since: 1, domain: "ai.onnx.ml", lowerBinarizer),
    .init("TreeEnsembleRegressor", since: 1, domain: "ai.onnx.ml", treeEnsemble(classifier: false)),
    .init("TreeEnsembleClassifier", since: 1, domain: "ai.onnx.ml", treeEnsemble(classifier: true)),
    .init("TreeEnsemble", since: 5, domain: "ai.onnx.ml", lowerTreeEnsemble),
    .init("ArrayFeatureExtractor", since: 1, domain: "ai.onnx.ml", takes: .strings, lowerArrayFeatureExtractor),
    .init("FeatureVectorizer", since: 1, domain: "ai.onnx.ml", lowerFeatureVectorizer),
    .init("Imputer", since: 1, domain: "ai.onnx.ml", lowerImputer),
    .init("LabelEncoder", since: 1, domain: "ai.onnx.ml", takes: .strings, lowerLabelEncoder),
    .init("CategoryMapper", since: 1, domain: "ai.onnx.ml", takes: .strings, lowerCategoryMapper),
    .init("OneHotEncoder", since: 1, domain: "ai.onnx.ml", takes: .strings, lowerOneHotEncoder),
    .init("SVMRegressor", since: 1, domain: "ai.onnx.ml", lowerSVMRegressor),
    .init("SVMClassifier", since: 1, domain: "ai.onnx.ml", lowerSVMClassifier),
    .init("ZipMap", since: 1, domain: "ai.onnx.ml", lowerZipMap),
  ]

  static let training: [OperatorRow] = [
    .init("Adagrad", since: 1, domain: "ai.onnx.preview.training", lowerAdagrad),
    .init("Adam", since: 1, domain: "ai.onnx.preview.training", lowerAdam),
    .init("Momentum", since: 1, domain: "ai.onnx.preview.training", lowerMomentum),
  ]
}
