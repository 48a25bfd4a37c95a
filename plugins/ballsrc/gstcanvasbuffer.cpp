// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/gstcanvasbuffer.h"

namespace ball {
namespace {

struct Loan {
  CanvasPool& pool;
  std::unique_ptr<Canvas> canvas;
};

void EndLoan(gpointer data) {
  const std::unique_ptr<Loan> loan(static_cast<Loan*>(data));
  loan->pool.GiveBack(std::move(loan->canvas));
}

}  // namespace

GstBuffer* LendAsBuffer(CanvasPool& pool, std::unique_ptr<Canvas> canvas, gsize bytes) {
  pool.Lend();
  uint8_t* pixels = canvas->pixels.get();
  auto loan = std::make_unique<Loan>(Loan{pool, std::move(canvas)});
  return gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, pixels, bytes, 0, bytes,
                                     loan.release(), EndLoan);
}

}  // namespace ball
