/** A model of the library, by its name on the command line. */
export interface LibraryModel {
  readonly name: string;
  readonly module: string;
  readonly model: string;
}

/** The library's models, each in a module of its name; the compiler itself does not know them. */
export const libraryModels: readonly LibraryModel[] = [
  { name: 'efficientnet', module: 'std/efficientnet', model: 'EfficientNet' },
  { name: 'efficientnet-lite', module: 'std/efficientnet-lite', model: 'EfficientNetLite' },
  { name: 'efficientnet-v2', module: 'std/efficientnet-v2', model: 'EfficientNetV2' },
  { name: 'mobilenet-v1', module: 'std/mobilenet-v1', model: 'MobileNetV1' },
  { name: 'mobilenet-v2', module: 'std/mobilenet-v2', model: 'MobileNetV2' },
  { name: 'mobilenet-v3', module: 'std/mobilenet-v3', model: 'MobileNetV3' },
  { name: 'mnasnet', module: 'std/mnasnet', model: 'MnasNet' },
  { name: 'resnet', module: 'std/resnet', model: 'ResNet' },
  { name: 'alexnet', module: 'std/alexnet', model: 'AlexNet' },
  { name: 'vgg', module: 'std/vgg', model: 'VGG' },
  { name: 'googlenet', module: 'std/googlenet', model: 'GoogLeNet' },
  { name: 'inception-v3', module: 'std/inception-v3', model: 'InceptionV3' },
  { name: 'squeezenet', module: 'std/squeezenet', model: 'SqueezeNet' },
  { name: 'nasnet', module: 'std/nasnet', model: 'NASNetA' },
  { name: 'amoebanet', module: 'std/amoebanet', model: 'AmoebaNet' },
  { name: 'senet', module: 'std/senet', model: 'SENet' },
  { name: 'tinynet', module: 'std/tinynet', model: 'TinyNet' },
  { name: 'repvgg', module: 'std/repvgg', model: 'RepVGG' },
  { name: 'mobileone', module: 'std/mobileone', model: 'MobileOne' },
  { name: 'shufflenet-v2', module: 'std/shufflenet-v2', model: 'ShuffleNetV2' },
  { name: 'efficientdet', module: 'std/efficientdet', model: 'EfficientDet' },
  { name: 'ssd', module: 'std/ssd', model: 'SSD' },
  { name: 'ssdlite', module: 'std/ssdlite', model: 'SSDLite' },
  { name: 'deeplab-v3', module: 'std/deeplab-v3', model: 'DeepLabV3' },
  { name: 'lr-aspp', module: 'std/lr-aspp', model: 'LRASPP' },
];
