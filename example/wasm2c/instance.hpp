// SPDX-License-Identifier: Apache-2.0
// An instance of a wasm2c module inside a slot.
//
// A Module says what wasm2c made of it:
//
//   struct state               all that an instance writes outside memories and tables
//   instantiate(state&)        makes memories and tables, and copies the data segments
//   bind(state&)               sets the pointers from one part of the state to another
//
// A module is instantiated once. The slot is then captured, and every later instance begins from
// that image. The image holds addresses of the slot it was captured in; an instance in another slot
// adjusts them, which is cheap since there are few: one for each memory and table, and one in each
// element of a function table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "binding.hpp"
#include "fault_handler.hpp"
#include "memory.hpp"
#include "table.hpp"
#include "trap.hpp"

namespace wasm2c {

template <class Type>
concept Module = requires(typename Type::state& state) {
    Type::instantiate(state);
    Type::bind(state);
};

/// What is needed, besides the image, to make further instances of a module.
struct blueprint {
    module_shape shape;
    /// Where the state was when the image was captured.
    const std::byte* origin = nullptr;
    /// The tables that hold functions, by number.
    std::vector<std::size_t> function_tables{};
};

template <Module ModuleType, Slot SlotType, Locator LocatorType>
class instance {
  public:
    using state_type = typename ModuleType::state;

    /// Instantiates the module in a slot that holds zeros and whose memories are empty. Throws
    /// `trapped` if the slot is too small for it.
    static blueprint instantiate(SlotType& slot, const LocatorType& locator) {
        blueprint made;
        made.origin = slot.state().bytes().data();
        instance fresh(slot, locator, made.shape);
        new (fresh.state_) state_type{};
        fresh.binding_.being_recorded = &made.shape;
        fresh.call([](state_type& state) { ModuleType::instantiate(state); });
        made.function_tables.resize(made.shape.tables.size());
        std::iota(made.function_tables.begin(), made.function_tables.end(), std::size_t{0});
        return made;
    }

    /// The instance in a slot that holds the image captured after `instantiate`. The slot, the
    /// locator and the blueprint must outlive it.
    instance(SlotType& slot, const LocatorType& locator, const blueprint& plan)
        : instance(slot, locator, plan.shape) {
        ModuleType::bind(*state_);
        move_addresses(slot, plan);
    }

    instance(const instance&) = delete;
    instance& operator=(const instance&) = delete;
    ~instance() = default;

    /// Leaves tables without functions out of the plan. Call it before the capture: later instances
    /// then do not touch those tables, which could cost page faults.
    void leave_out_empty_tables(blueprint& plan) const {
        std::erase_if(plan.function_tables, [&](std::size_t number) {
            return std::ranges::none_of(
                elements_of(part_at<wasm_rt_funcref_table_t>(plan.shape.tables[number])),
                [](const wasm_rt_funcref_t& element) { return element.func != nullptr; });
        });
    }

    /// Runs `function(state)`, in which the guest's functions may be called. Throws `trapped` if
    /// the guest traps; the frames of `function` are then left without being unwound, so it must
    /// hold nothing that needs a destructor. One thread at a time.
    template <class Function>
    void call(Function&& function) {
        fault_handler::install();
        static thread_local const signal_stack stack;
        static_cast<void>(stack);
        const entered now(binding_);
        if (sigsetjmp(binding_.leave, 0) != 0) {
            throw trapped(binding_.trap, binding_.explanation);
        }
        function(*state_);
    }

  private:
    /// Makes the thread run this instance, and afterwards the one it was running before.
    class entered {
      public:
        explicit entered(binding& now) noexcept : before_(std::exchange(running, &now)) {}
        entered(const entered&) = delete;
        entered& operator=(const entered&) = delete;
        ~entered() { running = before_; }

      private:
        binding* before_;
    };

    instance(SlotType& slot, const LocatorType& locator, const module_shape& shape)
        : state_(reinterpret_cast<state_type*>(slot.state().bytes().data())) {
        if (const auto room = slot.state().bytes().size(); room < sizeof(state_type)) {
            throw std::invalid_argument(
                "the slot's state holds " + std::to_string(room) + " bytes and the module needs " +
                std::to_string(sizeof(state_type)) + "; raise state in the pool's limits");
        }
        binding_.functions = &functions_of<SlotType, LocatorType>;
        binding_.slot = &slot;
        binding_.locator = &locator;
        binding_.shape = &shape;
    }

    template <class Part>
    Part& part_at(std::size_t offset) const noexcept {
        return *reinterpret_cast<Part*>(reinterpret_cast<std::byte*>(state_) + offset);
    }

    void move_addresses(SlotType& slot, const blueprint& plan) const {
        const auto& [memories, tables] = plan.shape;
        for (std::size_t number = 0; number < memories.size(); ++number) {
            part_at<wasm_rt_memory_t>(memories[number]).data =
                reinterpret_cast<std::uint8_t*>(slot.memory(number).bytes().data());
        }
        for (std::size_t number = 0; number < tables.size(); ++number) {
            auto& table = part_at<wasm_rt_funcref_table_t>(tables[number]);
            table.data = reinterpret_cast<wasm_rt_funcref_t*>(slot.table(number).bytes().data());
        }
        for (const auto number : plan.function_tables) {
            move_elements(part_at<wasm_rt_funcref_table_t>(tables[number]), plan.origin);
        }
    }

    void move_elements(const wasm_rt_funcref_table_t& table, const std::byte* origin) const {
        for (auto& element : elements_of(table)) {
            if (element.module_instance == nullptr) continue;
            const auto* const then = static_cast<const std::byte*>(element.module_instance);
            element.module_instance = &part_at<std::byte>(static_cast<std::size_t>(then - origin));
        }
    }

    state_type* state_;
    binding binding_;
};

}  // namespace wasm2c
