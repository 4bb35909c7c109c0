/** The function of TensorFlow's C interface that tfjs-node's binding calls, and the one below that it calls instead. */
export const wrappedLoad = ['TF_LoadSessionFromSavedModel', 'LoadWithSessionOptions'] as const;

/** The file in a SavedModel's folder that holds the options of its session: a serialised `ConfigProto`. */
export const sessionOptionsFile = 'session_options.pb';

/**
 * Compiled into the binding: tfjs-node loads every SavedModel with TensorFlow's default options, and takes no others. With
 * this, a folder may state them itself. A binding that was not built here does not look for the file.
 */
export const sessionOptionsSource = `#undef ${wrappedLoad[0]}
#include <fstream>
#include <iterator>
#include <string>

#include "tensorflow/c/c_api.h"

extern "C" TF_Session* ${wrappedLoad[1]}(const TF_SessionOptions* options, const TF_Buffer* run_options,
                                         const char* folder, const char* const* tags, int tag_count, TF_Graph* graph,
                                         TF_Buffer* meta_graph, TF_Status* status) {
  std::ifstream file(std::string(folder) + "/${sessionOptionsFile}", std::ios::binary);
  if (!file) return ${wrappedLoad[0]}(options, run_options, folder, tags, tag_count, graph, meta_graph, status);
  const std::string config((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  TF_SessionOptions* own = TF_NewSessionOptions();
  TF_SetConfig(own, config.data(), config.size(), status);
  TF_Session* session = nullptr;
  if (TF_GetCode(status) == TF_OK)
    session = ${wrappedLoad[0]}(own, run_options, folder, tags, tag_count, graph, meta_graph, status);
  TF_DeleteSessionOptions(own);
  return session;
}
`;
