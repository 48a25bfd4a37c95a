// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib-object.h>

#include "plugins/ballsrc/stage.h"

namespace ball {

// The properties of ballsrc that say what is drawn, numbered from 1 on. Their defaults are those of
// a StageSettings.

// Installs them on a class, with these flags; returns the first free number.
guint InstallStageProperties(GObjectClass* klass, GParamFlags flags);

// False where `id` is none of them.
bool SetStageProperty(StageSettings& settings, guint id, const GValue* value);
bool GetStageProperty(const StageSettings& settings, guint id, GValue* value);

}  // namespace ball
